import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { readGrantFile } from '../../../upstreams/anthropic/credentials/oauth/grant-file.ts'
import { createOAuthTokens } from '../../../upstreams/anthropic/credentials/oauth/oauth-tokens.ts'
import { createTokenEndpoint } from '../../../upstreams/anthropic/credentials/oauth/token-endpoint.ts'
import type { Fetch } from '../../../upstreams/http/post.ts'
import { productName } from '../../../version.ts'
import { composeLog } from '../../compose.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { authFlags, checkWritable, domainArgument, placeOf, readAuthToSend } from './flags.ts'
import { timeLeft } from './time-left.ts'

const runRefresh = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const setUp = await readAuthToSend(flags, io)
  const place = placeOf(positionals['domain'] ?? '', setUp, io)
  const { domain, path, shown } = place
  const file = await readGrantFile(path)
  if (file === undefined) {
    throw new UsageError(
      `${shown} ${place.isThere ? 'has no OAuth tokens' : 'does not exist'}. ${productName} auth login ${domain} creates it.`,
    )
  }
  checkWritable(place)
  const { config } = setUp
  const tokens = createOAuthTokens({
    endpoint: createTokenEndpoint({ settings: config.anthropic.oauth, fetch: fetch as Fetch }),
    log: composeLog(config, io),
    date: Date.now,
    now: () => performance.now(),
  })
  const token = await tokens.renew({ path, domain, grant: file.grant }, file.grant.accessToken)
  const [problem] = tokens.problems()
  const renewed = await readGrantFile(path)
  if (token === undefined || problem !== undefined || renewed === undefined) {
    printer(io).fail(`${shown}: ${problem?.note ?? 'another process has it now; try again in a moment'}.`)
    return 1
  }
  printer(io).success(`${shown} is renewed, valid for ${timeLeft(renewed.grant.expiresAt, Date.now())}.`)
  return 0
}

export const authRefreshCommand: Command = {
  name: 'auth refresh',
  description: 'Renew the tokens of a domain now',
  details: ['The server renews them by itself, a minute before they expire. Use this command for a timer, or to test.'],
  get args(): ArgsDef {
    return { ...domainArgument(true), ...authFlags('allow-http', 'log-level', 'log-format', 'log-file') }
  },
  examples: [{ line: `${productName} auth refresh team.example`, what: 'Renew the tokens of a domain' }],
  run: runRefresh,
}
