import { join } from 'node:path'
import type { Io } from '../../src/cli/terminal/io.ts'
import type { Prompts } from '../../src/cli/terminal/prompts.ts'
import type { TokenServer } from '../../src/simulator/anthropic/token-server.ts'
import { cli, temporaryFolder, testIo } from './cli.ts'

/** The `auth` commands on a machine whose token server is a simulator. */

export const authEnvironment = (
  { tokenUrl, authorizeUrl }: Pick<TokenServer, 'tokenUrl' | 'authorizeUrl'>,
  folder: string,
) => ({
  CLAUDE_OAUTH_TOKEN_URL: tokenUrl,
  CLAUDE_OAUTH_AUTHORIZE_URL: authorizeUrl,
  NEXUS_CREDENTIALS_DIR: folder,
  NEXUS_ALLOW_OAUTH: 'true',
})

/** Prompts whose answers are fixed, and which record the questions. */
export const answering = (answer: 'yes' | 'no' | undefined, secret = async (): Promise<string | undefined> => '') => {
  const questions: string[] = []
  const prompts: Prompts = {
    async secret(question) {
      questions.push(question)
      return secret()
    },
    async choose(question, options) {
      questions.push(question)
      return options.find(({ value }) => value === answer)?.value
    },
  }
  return { prompts, questions }
}

/** An Io that collects its output. */
export const collectingIo = (environment: Record<string, string>, replacements: Partial<Io> = {}) => {
  const home = temporaryFolder()
  const output = { out: '', err: '' }
  const io: Io = {
    ...testIo({ environment, home, currentDirectory: home }),
    out: (text) => {
      output.out += text
    },
    err: (text) => {
      output.err += text
    },
    ...replacements,
  }
  return { io, output }
}

export const auth = (words: readonly string[], environment: Record<string, string>, options = {}) =>
  cli(['auth', ...words], environment, temporaryFolder(), options)

export const credentialFile = (folder: string, domain: string): string => join(folder, `${domain}.credentials.json`)
