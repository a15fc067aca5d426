import { UsageError } from '../../base/usage-error.ts'
import { gateSecretKeys } from '../../config/client-tokens.ts'
import { productName } from '../../version.ts'
import { clientTokenOf, needsPlaceholder } from '../clients/connection.ts'
import { readConfig } from '../config/config-input.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'

const run = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const { config } = await readConfig(flags, io, { secrets: gateSecretKeys })
  const token = needsPlaceholder(config) ? undefined : clientTokenOf(config)
  if (token === undefined)
    throw new UsageError(`No client token is set. Set it (${productName} config set clientToken), or run setup again.`)
  io.out(`${token}\n`)
}

/** Claude Code runs it (`apiKeyHelper`), so that its settings need no token (SU-3). */
export const clientTokenCommand: Command = {
  name: 'client-token',
  description: 'Print the client token, for a client that runs a helper',
  isHidden: true,
  args: { ...sourceFlags, ...commonFlags },
  examples: [{ line: `${productName} client-token`, what: 'Print the token' }],
  run,
}
