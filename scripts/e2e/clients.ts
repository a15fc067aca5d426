import { newestTestedClaude, testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'
import { installClaude, installCodex, installOpenCode } from './install.ts'

/** The programs that the cases drive. */

export type ClientName = 'claude' | 'codex' | 'opencode'

export interface Client {
  readonly name: ClientName
  readonly version: string
}

/** Clients of the OpenAI API: one version of each, which `docs/clients/openai.md` names. */
export const openAiClients: readonly Client[] = [
  { name: 'codex', version: '0.171.0' },
  { name: 'opencode', version: '1.18.33' },
]

const claude = (version: string): Client => ({ name: 'claude', version })

export const labelOf = ({ name, version }: Client): string => `${name} ${version}`

/** Installs a client. Returns the path of its program. */
export const installClient = ({ name, version }: Client): Promise<string> => {
  if (name === 'codex') return installCodex(version)
  return name === 'opencode' ? installOpenCode(version) : installClaude(version)
}

const toClients = async (word: string, latestClaude: () => Promise<string>): Promise<Client[]> => {
  if (word === 'newest') return [claude(newestTestedClaude), ...openAiClients]
  if (word === 'latest') return [claude(await latestClaude())]
  const named = openAiClients.filter(({ name }) => name === word)
  if (named.length > 0) return named
  if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(word)) return [claude(word)]
  throw new Error(`--client takes a version of Claude Code, newest, latest, codex or opencode, not "${word}"`)
}

/** The clients to run, each once; all tested ones for an empty list. `latestClaude` reads npm's `latest`. */
export const resolveClients = async (
  words: readonly string[],
  latestClaude: () => Promise<string>,
): Promise<Client[]> => {
  if (words.length === 0) return [...testedClaudeVersions.map(claude), ...openAiClients]
  const clients = await Promise.all(words.map((word) => toClients(word, latestClaude)))
  return [...new Map(clients.flat().map((client) => [labelOf(client), client])).values()]
}
