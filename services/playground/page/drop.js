import { takeFiles } from './composer.js';
import { byId, toast } from './dom.js';

/** Takes files that are dropped anywhere on the page; as long as some are held over it, the page says so. */
export function setUpDrop() {
  const sheet = byId('drop');
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  let depth = 0;
  const show = (change) => {
    depth = Math.max(0, depth + change);
    sheet.hidden = depth === 0;
  };
  document.addEventListener('dragenter', (event) => hasFiles(event) && show(1));
  document.addEventListener('dragleave', (event) => hasFiles(event) && show(-1));
  document.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(-depth);
    if (!takeFiles([...event.dataTransfer.files])) toast('There is no message box here to put files into.');
  });
}
