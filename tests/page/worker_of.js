/*
 * The worker's text out of a built page:  node worker_of.js reader.html >worker.js
 */
'use strict';
const page = require('fs').readFileSync(process.argv[2], 'utf8');
const found = /<script type="text\/plain" id="worker">([\s\S]*?)<\/script>/.exec(page);
if (!found) {
  process.stderr.write('worker_of: there is no worker in it\n');
  process.exit(1);
}
process.stdout.write(found[1]);
