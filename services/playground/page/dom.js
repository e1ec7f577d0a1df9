/**
 * Makes an element. What people and bots write comes in only as a string child, which becomes a text node: no part of
 * the page parses HTML.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = value;
    else if (key === 'color') element.style.color = value;
    else if (key === 'background') element.style.background = value;
    else if (key in PROPERTIES) element[key] = value;
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false),
  );
  return element;
}

const PROPERTIES = { value: true, checked: true, disabled: true, selected: true, multiple: true, hidden: true };

export function byId(id) {
  return document.getElementById(id);
}

/** Shows a note for some seconds, such as why something was refused. */
export function toast(text) {
  const note = h('p', { class: 'toast' }, text);
  // An open dialog lies above everything else, so what is said while it is open is said in it.
  (document.querySelector('dialog[open] .notes') ?? byId('toasts')).append(note);
  setTimeout(() => note.remove(), 6000);
}

/**
 * Opens a dialog with a form. Resolves with what `read` returns when the form is sent, or with undefined when it is
 * closed. With `send` the dialog stays open until that has resolved with true.
 */
export function ask({ title, body, submit = 'OK', read, send }) {
  return new Promise((resolve) => {
    const heading = h('h2', { id: 'dialog-title' }, title);
    const cancel = h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel');
    const go = h('button', { type: 'submit', class: 'primary' }, submit);
    const notes = h('div', { class: 'notes', role: 'status', 'aria-live': 'assertive' });
    const form = h('form', {}, heading, body, notes, h('div', { class: 'dialog-foot' }, read && cancel, go));
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const values = read?.(form);
      if (send) {
        go.disabled = true;
        const sent = await send(values);
        go.disabled = false;
        if (!sent) return;
      }
      resolve(values);
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      resolve(undefined);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
