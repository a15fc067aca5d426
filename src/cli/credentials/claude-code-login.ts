import { userInfo } from 'node:os'
import { attempt } from '../../base/attempt.ts'
import { Secret } from '../../base/secret.ts'
import { type Machine, settingPath } from '../../config/paths.ts'
import type { ClaudeCodeLoginOptions } from '../../upstreams/anthropic/credentials/oauth/claude-code-login.ts'

/** Where Claude Code stores its own sign-in on this machine. Reads nothing. */

/** An item of the keychain, as Bun names it. */
interface Item {
  readonly service: string
  readonly name: string
}

type ReadItem = (item: Item) => Promise<string | null>

const keychainService = 'Claude Code-credentials'

/** Other accounts of the same service hold the tokens of MCP servers. */
const accountOf = ({ environment }: Machine): string | undefined =>
  environment['USER'] || attempt(() => userInfo().username)

/**
 * With a configuration folder of its own, Claude Code uses an item with another name, which is not known; then its file
 * is read.
 */
const keychainReader = (machine: Machine, readItem: ReadItem): ClaudeCodeLoginOptions['readKeychain'] => {
  const name = accountOf(machine)
  if (machine.platform !== 'darwin' || machine.environment['CLAUDE_CONFIG_DIR'] || name === undefined) return undefined
  return async () => (await readItem({ service: keychainService, name })) ?? undefined
}

export const claudeCodeLoginPlace = (
  machine: Machine,
  readItem: ReadItem,
): Pick<ClaudeCodeLoginOptions, 'file' | 'readKeychain' | 'setupToken'> => {
  const { CLAUDE_CONFIG_DIR: folder, CLAUDE_CODE_OAUTH_TOKEN: token } = machine.environment
  const readKeychain = keychainReader(machine, readItem)
  return {
    file: settingPath(machine, `${folder || '~/.claude'}/.credentials.json`),
    ...(readKeychain && { readKeychain }),
    ...(token && { setupToken: new Secret(token.trim()) }),
  }
}
