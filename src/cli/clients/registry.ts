import type { Client, ClientName } from './client.ts'

/** The clients that our commands start. Each is loaded when it is used. */
export const clientNames = ['claude', 'codex', 'opencode'] as const satisfies readonly ClientName[]

export const clientOf = async (name: ClientName): Promise<Client> => {
  switch (name) {
    case 'claude':
      return (await import('../claude-code/claude-client.ts')).claudeClient
    case 'codex':
      return (await import('../codex/codex-client.ts')).codexClient
    case 'opencode':
      return (await import('../opencode/opencode-client.ts')).openCodeClient
  }
}
