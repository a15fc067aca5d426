import { isLoopbackHost } from '../../base/loopback.ts'
import { UsageError } from '../../base/usage-error.ts'
import { gateSecretKeys } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import { absolutePath } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { clientTokenOf, localUrl, needsPlaceholder } from '../clients/connection.ts'
import { launchTarget } from '../clients/host.ts'
import { shellWord } from '../clients/shells.ts'
import { namedConfigFile } from '../config/named-file.ts'
import { readModels } from '../config/set-up.ts'
import { textFlag } from '../parse/arguments.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import { isPassing, lastingPath } from '../service/service-environment.ts'
import { fetchFromServer, fetchHealth } from '../system/fetch-health.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { Answer, SetupRequest } from './client-plan.ts'

/** Finds out what a setup needs to know: the server's URL, its token, and whether it runs. */

/** Throws UsageError for a URL that clients do not accept (SU-13). */
const checkedUrl = (text: string): string => {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError('--url is not a URL. Write it like https://nexus.example:4141.')
  if (url.username !== '' || url.password !== '') throw new UsageError('--url contains a login. Leave it out.')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new UsageError(`--url has a path. Write only ${url.origin}: setup adds what a client needs.`)
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new UsageError('--url leads to another machine, so it must begin with https: requests contain the token.')
  return url.origin
}

const urlFrom = async (flags: Flags, config: Config, { machine }: Io): Promise<string> => {
  const given = textFlag(flags, 'url')
  if (given !== undefined) return checkedUrl(given)
  if (config.port === 0)
    throw new UsageError('--port 0 gives another port at each start. Give the server a fixed port, or pass --url.')
  const { host } = await launchTarget(config, config.port, { machine })
  return localUrl({ ...config, host }, config.port)
}

const usualDeadlineMs = 3000

const isElsewhere = (url: string): boolean => !isLoopbackHost(new URL(url).hostname)

const answerAt = async (url: string, deadlineMs: number): Promise<Answer> => {
  const { kind } = await fetchHealth(url, deadlineMs, { isElsewhere: isElsewhere(url) })
  if (kind === 'ours') return 'ours'
  return kind === 'other' ? 'other' : 'silent'
}

const mostMetadataBytes = 64 * 1024

/** Throws UsageError, because Claude Code could not even ask for a sign-in (SI-U3). */
const checkSignIn = async (url: string, answer: Answer, deadlineMs: number): Promise<void> => {
  if (answer !== 'ours')
    throw new UsageError(
      `No server answers at ${url}, and Claude Code that signs in to it does not start without it. Run it as a service (${productName} service print -- --sign-in), or start it: ${productName} start --sign-in.`,
    )
  const path = `${url}/.well-known/oauth-authorization-server`
  const options = { headers: {}, deadlineMs, maximumBytes: mostMetadataBytes, isElsewhere: isElsewhere(url) }
  const metadata = await fetchFromServer(path, options)
  if (metadata?.status !== 200)
    throw new UsageError(`The server at ${url} runs without sign-in. Start it with --sign-in, or set signIn.enabled.`)
}

/** The command that prints the client token, with the same configuration. */
export const tokenCommandOf = (flags: Flags, { machine, ownCommand }: Io): string => {
  const [program = '', ...before] = ownCommand
  const config = namedConfigFile(flags, machine.environment)?.path
  const variables = textFlag(flags, 'env-file')
  const words = [
    ...[lastingPath(program), ...before, 'client-token'],
    ...(config === undefined ? [] : ['--config', absolutePath(machine, config)]),
    ...(variables === undefined ? [] : ['--env-file', absolutePath(machine, variables)]),
  ]
  return words.map((word) => shellWord(machine.platform === 'win32' ? 'cmd' : 'sh', word)).join(' ')
}

/** Throws UsageError if the server requires a token that this machine does not know. */
const checkToken = (config: Config): void => {
  if (needsPlaceholder(config))
    throw new UsageError(
      `This server has named clients and knows only the hashes of their tokens. Use --sign-in, or put your token into the configuration of the client: ${productName} config set clientToken --config FILE, then setup with --config FILE.`,
    )
  if (config.signIn.enabled && clientTokenOf(config) === undefined)
    throw new UsageError(
      `With sign-in, the server requires a token. Use --sign-in, or set a client token: ${productName} config set clientToken.`,
    )
}

/** Rejects with UsageError. */
export const readSetupRequest = async (flags: Flags, io: Io): Promise<SetupRequest> => {
  const { machine, times } = io
  const setUp = await readModels(flags, io, gateSecretKeys)
  const { config } = setUp.loaded
  const isSignIn = flags['sign-in'] === true
  const url = await urlFrom(flags, config, io)
  const deadlineMs = times?.healthMs ?? usualDeadlineMs
  const answer = await answerAt(url, deadlineMs)
  if (isSignIn) await checkSignIn(url, answer, deadlineMs)
  else checkToken(config)
  const token = isSignIn ? undefined : clientTokenOf(config)
  if (token !== undefined && isPassing(io.ownCommand[0] ?? ''))
    printer(io).warn('this program is in a cache of npx or bunx, which may be emptied. Install it first.')
  return { machine, setUp, url, token, tokenCommand: tokenCommandOf(flags, io), isSignIn, answer }
}
