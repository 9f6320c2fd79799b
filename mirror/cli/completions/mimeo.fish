# fish completion for mimeo(1).  Commands and options come from the program's own help.

function __mimeo_command
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or begin
            echo $word
            return
        end
    end
end

complete -c mimeo -n 'test -z "$(__mimeo_command)"' -f -a "(mimeo -h 2>/dev/null | string replace -rf '^  ([a-z]+)  +(.*)' '\$1\t\$2')"
complete -c mimeo -n 'string match -q -- "-*" (commandline -ct)' -f -a "(mimeo (__mimeo_command) -h 2>/dev/null | string match -ar -- '--[a-z-]+')"
complete -c mimeo -n 'contains -- (__mimeo_command) read revise retract' -f -a "(mimeo -q list 2>/dev/null | cut -f2)"
complete -c mimeo -n 'test "$(__mimeo_command)" = export; and contains -- (commandline -opc)[-1] --part-size' -f -a '8M 25M 95M 4G'
complete -c mimeo -n 'test "$(__mimeo_command)" = export; and string match -qr -- " --(html|text) " "$(commandline -pc)"' -f -a "(mimeo -q list 2>/dev/null | cut -f2)"
