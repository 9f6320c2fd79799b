# bash completion for mimeo(1).  Options come from the program's own help, so they are never stale.

_mimeo() {
    local current=${COMP_WORDS[COMP_CWORD]} command='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -C | --library) ((i++)) ;;
        -*) ;;
        *)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    if [[ -z $command && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(mimeo -h 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p') help" -- "$current")
        return
    fi
    if [[ $current == -* ]]; then
        # shellcheck disable=SC2086 # no word where there is no command
        mapfile -t COMPREPLY < <(compgen -W "$(mimeo $command -h 2>/dev/null | grep -oE -- '--?[A-Za-z][a-z-]*' | sort -u)" -- "$current")
        return
    fi
    if [[ ${COMP_WORDS[COMP_CWORD - 1]} == --part-size ]]; then
        mapfile -t COMPREPLY < <(compgen -W '8M 25M 95M 4G' -- "$current")
        return
    fi
    if [[ $command == export && " ${COMP_WORDS[*]} " =~ \ --(html|text)\  ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(mimeo -q list 2>/dev/null | cut -f2)" -- "$current")
        return
    fi
    case $command in
    key) [[ ${COMP_WORDS[COMP_CWORD - 1]} == key ]] && mapfile -t COMPREPLY < <(compgen -W 'new show passphrase check print hand-over take-over' -- "$current") && return ;;
    charter) [[ ${COMP_WORDS[COMP_CWORD - 1]} == charter ]] && mapfile -t COMPREPLY < <(compgen -W 'show propose explain sign combine issue' -- "$current") && return ;;
    head) [[ ${COMP_WORDS[COMP_CWORD - 1]} == head ]] && mapfile -t COMPREPLY < <(compgen -f -W 'compare' -- "$current") && return ;;
    trust) [[ ${COMP_WORDS[COMP_CWORD - 1]} == trust ]] && mapfile -t COMPREPLY < <(compgen -W 'add show rename remove confirm proofs proof keyring' -- "$current") && return ;;
    library) [[ ${COMP_WORDS[COMP_CWORD - 1]} == library ]] && mapfile -t COMPREPLY < <(compgen -W 'rebuild' -- "$current") && return ;;
    mirrors) [[ ${COMP_WORDS[COMP_CWORD - 1]} == mirrors ]] && mapfile -t COMPREPLY < <(compgen -W 'add remove' -- "$current") && return ;;
    read | revise | retract)
        mapfile -t COMPREPLY < <(compgen -W "$(mimeo -q list 2>/dev/null | cut -f2)" -- "$current")
        return
        ;;
    esac
    compopt -o default
}
complete -F _mimeo mimeo
