import 'openid-client'
import { createTokens, toOAuthFile } from './oauth.ts'

/**
 * A server's process that needs tokens:
 *
 *   oauth-program.ts <token url> <file> <requests> [--unprivileged]
 *
 * Begins with the first byte on standard input, and prints what it has got as JSON.
 */

const [tokenUrl = '', path = '', requests, flag] = Bun.argv.slice(2)
// Root may write to any folder.
if (flag === '--unprivileged' && process.getuid?.() === 0) process.seteuid?.(65_534)

const { tokens, records } = createTokens(tokenUrl)
process.stdout.write('ready\n')
for await (const _first of process.stdin) break

const file = toOAuthFile(path)
const results = await Promise.all(
  Array.from({ length: Number(requests) }, () =>
    tokens.token(file).then(
      (token) => token.reveal(),
      (error: unknown) => String(error),
    ),
  ),
)
process.stdout.write(JSON.stringify({ results, records, problems: tokens.problems() }))
process.exit(0)
