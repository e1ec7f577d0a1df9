import path from 'node:path';
import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { compileHiddenNames, DEFAULT_HIDDEN_NAMES } from './hidden-names.ts';
import { createDirectoryTool } from './create-directory.ts';
import { editFileTool } from './edit-file.ts';
import { listDirectoryTool } from './list-directory.ts';
import { moveFileTool } from './move-file.ts';
import { holdRoot } from './reach.ts';
import { readFileTool } from './read-file.ts';
import { searchFilesTool } from './search-files.ts';
import { writeFileTool } from './write-file.ts';
import type { Workspace } from './workspace.ts';

export const config = z.object({
  FILESYSTEM_ROOT: z
    .string()
    .min(1)
    .default('/workspace')
    .refine((root) => path.resolve(root) !== '/', 'must be a folder below /, not / itself')
    .meta({ description: 'Folder that the file tools may use; nothing outside of it can be reached.' }),
  FILESYSTEM_MAX_READ_BYTES: z.coerce.number().int().min(1024).max(16_777_216).default(49_152).meta({
    description:
      'Most bytes of a file in one answer; longer files come in parts. An answer holds them twice: see RESULT_MAX_BYTES.',
  }),
  FILESYSTEM_MAX_WRITE_BYTES: z.coerce.number().int().min(1).max(268_435_456).default(2_000_000).meta({
    description: 'Largest file that can be written, in bytes; with more, REQUEST_MAX_BYTES must be over twice as much.',
  }),
  FILESYSTEM_HIDDEN_NAMES: z.string().default(DEFAULT_HIDDEN_NAMES).meta({
    description: 'Comma-separated name globs that are neither listed, read nor written; !glob makes an exception.',
  }),
});

/** The tools over the files of one folder. Nothing stays open between calls. */
export function createDomain(settings: z.output<typeof config>): Domain {
  const workspace: Workspace = {
    root: path.resolve(settings.FILESYSTEM_ROOT),
    isHidden: compileHiddenNames(settings.FILESYSTEM_HIDDEN_NAMES),
    maxReadBytes: settings.FILESYSTEM_MAX_READ_BYTES,
    maxWriteBytes: settings.FILESYSTEM_MAX_WRITE_BYTES,
  };
  return {
    name: 'filesystem',
    title: 'Files',
    core: ['list_directory', 'read_file'],
    keywords:
      'file folder workspace Datei Ordner Verzeichnis archivo carpeta fichier dossier файл папка 文件 文件夹 ファイル フォルダ',
    tools: [
      createDirectoryTool(workspace),
      editFileTool(workspace),
      listDirectoryTool(workspace),
      moveFileTool(workspace),
      readFileTool(workspace),
      searchFilesTool(workspace),
      writeFileTool(workspace),
    ],
    answerBytes: settings.FILESYSTEM_MAX_READ_BYTES,
    check: () => checkRoot(workspace.root),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function checkRoot(root: string): Promise<void> {
  try {
    const held = await holdRoot(root);
    await held.handle.close();
    if (held.stat.isDirectory()) return;
  } catch (error) {
    throw new Error(`FILESYSTEM_ROOT: ${root} cannot be opened; make the folder and let this process read it.`, {
      cause: error,
    });
  }
  throw new Error(`FILESYSTEM_ROOT: ${root} is not a directory; name a folder.`);
}
