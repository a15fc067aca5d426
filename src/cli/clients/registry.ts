import { claudeClient } from '../claude-code/claude-client.ts'
import { codexClient } from '../codex/codex-client.ts'
import { openCodeClient } from '../opencode/opencode-client.ts'
import type { Client, ClientName } from './client.ts'

/** The clients that our commands start. */
const clients: Readonly<Record<ClientName, Client>> = {
  claude: claudeClient,
  codex: codexClient,
  opencode: openCodeClient,
}

export const clientNames = ['claude', 'codex', 'opencode'] as const satisfies readonly ClientName[]

export const clientOf = (name: ClientName): Client => clients[name]
