// Stands in for npm in the tests of bootstrap.mjs: `install` takes NPM_TAKES_MS and then leaves what npm would. A second
// one in the same folder at the same time, which would break real node_modules, leaves a file `two-at-once`.
const fs = require('node:fs');
const path = require('node:path');

const file = (...parts) => path.join(process.cwd(), ...parts);
if (fs.existsSync(file('busy'))) fs.writeFileSync(file('two-at-once'), '');
fs.writeFileSync(file('busy'), String(process.pid));
fs.appendFileSync(file('installs'), `${process.pid} ${process.version}\n`);
setTimeout(
  () => {
    fs.mkdirSync(file('node_modules', '.bin'), { recursive: true });
    fs.symlinkSync(process.env.NPM_GIVES_NODE, file('node_modules', '.bin', 'node'));
    fs.copyFileSync(file('package-lock.json'), file('node_modules', '.package-lock.json'));
    fs.rmSync(file('busy'));
  },
  Number(process.env.NPM_TAKES_MS ?? 0),
);
