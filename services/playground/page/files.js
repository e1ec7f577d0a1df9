import { h, toast } from './dom.js';

/** What a person may attach without a subscription. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

/**
 * The files that somebody has chosen and not sent yet, with a row of chips on which each can be seen and taken away
 * again.
 */
export function fileTray({ most = MAX_FILES, onchange = () => undefined } = {}) {
  let chosen = [];
  const element = h('div', { class: 'tray' });
  const draw = () => {
    element.replaceChildren(...chosen.map((file) => chip(file, () => set(chosen.filter((other) => other !== file)))));
    onchange();
  };
  const set = (files) => {
    for (const { preview } of chosen)
      if (preview && !files.some((f) => f.preview === preview)) URL.revokeObjectURL(preview);
    chosen = files;
    draw();
  };
  return {
    element,
    get count() {
      return chosen.length;
    },
    clear: () => set([]),
    async add(list) {
      const added = [];
      for (const file of list) {
        if (file.size > MAX_BYTES) toast(`${file.name} is larger than 10 MiB, which is what Discord takes.`);
        else if (chosen.length + added.length >= most) toast(`${file.name} is left out: ${most} at most.`);
        else added.push(await readFile(file));
      }
      set([...chosen, ...added]);
    },
    /** As the controls take them. */
    values: () => chosen.map(({ filename, contentType, base64 }) => ({ filename, contentType, base64 })),
  };
}

/** A label that looks like a button and opens the system's choice of files. */
export function filePicker(tray, { title, text, id, multiple = true }) {
  const input = h('input', {
    type: 'file',
    id,
    multiple,
    'aria-label': title,
    onchange: async () => {
      await tray.add(input.files);
      input.value = '';
    },
  });
  return h('label', { class: 'pick', title }, text, input);
}

async function readFile(file) {
  const preview = /^image\/(png|jpeg|gif|webp)$/.test(file.type) ? URL.createObjectURL(file) : undefined;
  return { filename: file.name, contentType: file.type || undefined, base64: await base64(file), preview };
}

function chip({ filename, preview }, remove) {
  return h(
    'span',
    { class: 'chip' },
    preview && h('img', { src: preview, alt: '' }),
    h('span', {}, filename),
    h('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${filename}`, onclick: remove }, '✕'),
  );
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
