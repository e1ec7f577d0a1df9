import { act } from './api.js';
import { ask, byId, h } from './dom.js';
import { channel, guildOf, nameColor, store, user, userName } from './store.js';

/** The left column: the chosen person, the servers with their channels and threads, direct messages. */
export function drawSidebar(become) {
  const { guilds, dms, bot } = store.snapshot;
  byId('sidebar').replaceChildren(
    personSwitch(become),
    ...guilds.map(guildView),
    h(
      'section',
      {},
      h('h2', {}, 'Direct messages'),
      dms.map((dm) => entry(dm, `@${userName(dm.with)}`)),
      dms.length === 0 &&
        h('button', { type: 'button', class: 'quiet', onclick: openDm }, `Message ${userName(bot.id)}`),
    ),
  );
}

function personSwitch(become) {
  const people = store.snapshot.users.filter(({ bot }) => !bot);
  const options = people.map(({ id, name }) =>
    h('option', { value: id, selected: id === store.snapshot.me }, `${name} — ${rolesOf(id).join(', ') || 'no role'}`),
  );
  const choose = h('select', { id: 'me', onchange: () => become(choose.value) }, options);
  const add = h('button', { type: 'button', class: 'quiet', onclick: () => addPerson(become) }, 'Add a person');
  return h('section', { class: 'who' }, h('label', { for: 'me' }, 'You write as'), choose, add);
}

function rolesOf(id) {
  const guild = store.snapshot.guilds[0];
  const ids = guild?.members.find((member) => member.id === id)?.roles ?? [];
  const roles = guild?.roles.filter((role) => ids.includes(role.id)) ?? [];
  return roles.toSorted((a, b) => b.position - a.position).map(({ name }) => name);
}

async function addPerson(become) {
  const roles = (store.snapshot.guilds[0]?.roles ?? []).filter(({ name }) => name !== '@everyone');
  const made = await ask({
    title: 'Add a person',
    submit: 'Add',
    body: h(
      'div',
      { class: 'fields' },
      h('label', {}, h('span', {}, 'Name'), h('input', { name: 'name', required: true, maxlength: 32 })),
      h(
        'fieldset',
        {},
        h('legend', {}, 'Roles'),
        roles.map(({ name }) =>
          h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'role', value: name }), name),
        ),
      ),
    ),
    read: (form) => ({
      name: String(new FormData(form).get('name')),
      roles: new FormData(form).getAll('role').map(String),
    }),
  });
  const person = made && (await act('add-person', made));
  if (person) become(person.id);
}

async function openDm() {
  const opened = await act('open-dm', { author: store.me });
  if (opened) location.hash = opened.channel;
}

function guildView(guild) {
  const items = guild.channels
    .filter(({ type }) => type !== 4)
    .flatMap((c) => [
      entry(c, `# ${c.name}`),
      ...guild.threads
        .filter((t) => t.parentId === c.id && (!t.archived || t.id === store.channelId))
        .map((t) => entry(t, `↳ ${t.name}`, 'thread')),
    ]);
  return h('section', {}, h('h2', {}, guild.name), items);
}

function entry(c, label, kind = '') {
  const { count = 0, pings = 0 } = store.unread.get(c.id) ?? {};
  const open = c.id === store.channelId;
  const badge = pings > 0 ? h('span', { class: 'pings', 'aria-label': `${pings} mentions` }, String(pings)) : undefined;
  return h(
    'a',
    {
      href: `#${c.id}`,
      class: ['channel', kind, count > 0 && 'unread'].filter(Boolean).join(' '),
      'aria-current': open ? 'page' : undefined,
    },
    label,
    badge,
  );
}

/** The right column: the members of the open channel's server, or of the conversation. */
export function drawMembers() {
  const guild = guildOf();
  const ids = guild ? guild.members.map(({ id }) => id) : [store.snapshot.me, channel()?.with].filter(Boolean);
  const { bot } = store.snapshot;
  const rows = ids.map((id) => {
    const isBot = user(id)?.bot;
    const away = id === bot.id && !bot.online;
    return h(
      'li',
      { class: away ? 'away' : undefined },
      h('b', { color: away ? undefined : nameColor(id) }, userName(id)),
      isBot && h('span', { class: 'badge' }, 'APP'),
      h('small', {}, away ? 'not connected' : rolesOf(id).join(', ')),
    );
  });
  byId('members').replaceChildren(h('h2', {}, `Members — ${ids.length}`), h('ul', {}, rows));
}
