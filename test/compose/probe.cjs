// Runs in a bare Node container: tells as JSON which of the targets answer. Argument: { targets, patienceMs } as JSON.
const net = require('node:net');

const { targets, patienceMs } = JSON.parse(process.argv[2]);
// RFC 5737: addresses for documentation, which nobody has.
const nobodys = ['192.0.2.1', '198.51.100.7', '203.0.113.9'];
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]);

/** What answers at an address: undefined when the connection does not open, else the first bytes, '' when there are none. */
function answerAt(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    let opened = false;
    const end = (answer) => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => end(opened ? '' : undefined), patienceMs);
    socket.once('connect', () => {
      opened = true;
      socket.write(port === 5432 ? sslRequest : 'GET / HTTP/1.0\r\n\r\n');
    });
    socket.once('data', (data) => end(withoutVariables(data.toString('latin1'))));
    socket.once('error', () => end(opened ? '' : undefined));
    socket.once('close', () => end(opened ? '' : undefined));
  });
}

/** Dates, addresses and ids differ from answer to answer. */
function withoutVariables(answer) {
  return answer.replaceAll(/^date:.*$/gim, '').replaceAll(/[0-9a-f.:-]{4,}|\d+/gi, '');
}

async function answers({ addresses, port }) {
  const ask = (hosts) => Promise.all(hosts.map((host) => answerAt(host, port)));
  const [others, own] = await Promise.all([ask(nobodys), ask(addresses)]);
  return own.some((answer) => answer !== undefined && !others.includes(answer));
}

void Promise.all(targets.map(async (target) => [target.name, await answers(target)])).then((rows) =>
  process.stdout.write(JSON.stringify(Object.fromEntries(rows))),
);
