import type { Domain } from '#mcp/kit.ts';
import { openDoor, type DiscordDoor } from './door.ts';
import type { DiscordSettings } from './settings.ts';
import { discordTool } from './tool.ts';
import { listChannels } from './tools/list-channels.ts';
import { postMessage } from './tools/post-message.ts';
import { readMessages } from './tools/read-messages.ts';
import { searchMessages } from './tools/search-messages.ts';
import { serverInfo } from './tools/server-info.ts';

export { config } from './settings.ts';

/**
 * Reads and posts in Discord what the person who asks can see and write themselves. `door` is the service that is logged
 * in; without one each call answers that Discord cannot be reached. Owns nothing.
 */
export function createDomain(settings: DiscordSettings, door?: DiscordDoor): Domain {
  return {
    name: 'discord',
    title: 'Discord',
    keywords:
      'channel channels message messages post posts server chat said wrote talk discussion trending Kanal Nachrichten geschrieben Diskussion canal mensajes salon discussion канал сообщения сервер 频道 消息 服务器 チャンネル メッセージ サーバー',
    tools: [
      discordTool(serverInfo, settings, door),
      discordTool(listChannels, settings, door),
      discordTool(readMessages, settings, door),
      discordTool(searchMessages, settings, door),
      discordTool(postMessage, settings, door),
    ],
    check: async () => void openDoor(door),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
