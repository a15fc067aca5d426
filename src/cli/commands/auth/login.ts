import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ArgsDef } from 'citty'
import { attempt } from '../../../base/attempt.ts'
import { errorCode } from '../../../base/error-code.ts'
import { UsageError } from '../../../base/usage-error.ts'
import {
  type Authorization,
  createAuthorization,
  parsePastedCode,
} from '../../../upstreams/anthropic/credentials/oauth/authorization.ts'
import {
  createTokenEndpoint,
  type GrantedTokens,
  type TokenFailure,
} from '../../../upstreams/anthropic/credentials/oauth/token-endpoint.ts'
import { writeLogin } from '../../../upstreams/anthropic/credentials/oauth/write-login.ts'
import type { Fetch } from '../../../upstreams/http/post.ts'
import { productName } from '../../../version.ts'
import { PromptCancelled } from '../../credentials/prompt-cancelled.ts'
import type { Command } from '../../parse/command.ts'
import type { Flags, ParsedArguments } from '../../parse/parsed-arguments.ts'
import { hasBrowser, openBrowser } from '../../system/open-browser.ts'
import { confirmed, yesFlag } from '../../terminal/confirmation.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { type CallbackServer, openCallbackServer } from './callback-server.ts'
import {
  type AuthSetUp,
  authFlags,
  type CredentialPlace,
  checkWritable,
  domainArgument,
  placeOf,
  readAuthToSend,
} from './flags.ts'
import { timeLeft } from './time-left.ts'

/** The port that Claude Code's own login uses. */
const usualCallbackPort = 54_545
const ownersFolder = 0o700
/** Time for the user to sign in. */
const usualTimeoutMs = 5 * 60_000
const minuteMs = 60_000

interface LoginOptions {
  readonly callbackPort?: number
  readonly timeoutMs?: number
}

/** What Anthropic's own page says (AU-T1). */
const terms = [
  "OAuth sign-in is for people with a Claude plan who use Claude Code and Anthropic's own applications. Anthropic's terms ask developers of products and services to use API keys. They do not allow third parties to offer the login of Claude.ai, or to route the requests of other users through credentials of a Free, Pro or Max plan. Anthropic may enforce this without notice.",
  'Read the terms first: https://code.claude.com/docs/en/legal-and-compliance',
  'You are responsible for the credential that you store here.',
].join('\n')

/** Returns undefined if the user must copy the code. */
const openCallback = (flags: Flags, { machine }: Io, port: number): CallbackServer | undefined => {
  const isOpenable = flags['no-browser'] === true || hasBrowser(machine)
  return flags['manual'] === true || !isOpenable ? undefined : openCallbackServer(port)
}

/** The text that the user pastes; not shown. Rejects with PromptCancelled. */
const readPasted = async ({ prompts, pipedIn }: Io): Promise<string> => {
  if (prompts === undefined) return (await pipedIn?.()) ?? ''
  const pasted = await prompts.secret('Paste the code that the page shows, CODE#STATE (hidden)')
  if (pasted === undefined) throw new PromptCancelled()
  return pasted
}

/** What the user reads if there is no code, or no token. */
interface Failed {
  readonly problem: string
}

const pastedCode = async ({ state }: Authorization, io: Io): Promise<string | Failed> => {
  const text = await readPasted(io)
  if (text.trim() === '') return { problem: 'There is no code: copy it from the page, CODE#STATE, and paste it.' }
  const pasted = parsePastedCode(text)
  if (pasted === undefined) return { problem: 'This is not what the page shows: both parts are needed, CODE#STATE.' }
  return pasted.state === state ? pasted.code : { problem: 'This code belongs to another login. Open the new page.' }
}

const callbackCode = async (
  server: CallbackServer,
  { state }: Authorization,
  timeoutMs: number,
): Promise<string | Failed> => {
  const result = await server.waitFor(state, timeoutMs)
  switch (result.kind) {
    case 'code':
      return result.code
    case 'declined':
      return { problem: 'The page reports that the login was declined. Nothing was changed.' }
    case 'late':
      return {
        problem: `The browser did not come back within ${Math.round(timeoutMs / minuteMs)} minutes. With --manual, you copy a code from the page.`,
      }
  }
}

const failureText = ({ kind, status, code }: TokenFailure, host: string): string => {
  const answer = status === undefined ? 'no answer' : `status ${status}${code === undefined ? '' : `, ${code}`}`
  switch (kind) {
    case 'moved':
      return `${host} has no token endpoint at this address (${answer}). Correct anthropic.oauth.tokenUrl.`
    case 'refused':
      return `${host} does not accept the code (${answer}). A code can be used once.`
    case 'unavailable':
      return `${host} did not return tokens (${answer}).`
  }
}

interface Login {
  readonly authorization: Authorization
  readonly code: string | Failed
}

/** Sends the user to the page, and waits for the code. The port is closed then. */
const obtainCode = async ({ config }: AuthSetUp, flags: Flags, io: Io, options: LoginOptions): Promise<Login> => {
  const { callbackPort = usualCallbackPort, timeoutMs = usualTimeoutMs } = options
  const server = openCallback(flags, io, callbackPort)
  try {
    const authorization = await createAuthorization(config.anthropic.oauth, server?.port)
    if (server !== undefined && flags['no-browser'] !== true) openBrowser(authorization.url, io.machine)
    printer(io).info(`Open this page and sign in:\n\n  ${authorization.url}\n`)
    const code = await (server ? callbackCode(server, authorization, timeoutMs) : pastedCode(authorization, io))
    return { authorization, code }
  } finally {
    await server?.close()
  }
}

const exchange = async ({ authorization, code }: Login, { config }: AuthSetUp): Promise<GrantedTokens | Failed> => {
  if (typeof code !== 'string') return code
  const endpoint = createTokenEndpoint({ settings: config.anthropic.oauth, fetch: fetch as Fetch })
  const outcome = await endpoint.exchange({ code, ...authorization })
  return outcome.kind === 'granted' ? outcome.tokens : { problem: failureText(outcome, endpoint.host) }
}

/** A user who has signed in must not learn then that the folder cannot be written. Throws UsageError. */
const prepare = (place: CredentialPlace): void => {
  attempt(() => mkdirSync(dirname(place.path), { recursive: true, mode: ownersFolder }))
  checkWritable(place)
}

const store = async ({ path, shown }: CredentialPlace, tokens: GrantedTokens): Promise<number> => {
  try {
    return await writeLogin(path, tokens, Date.now())
  } catch (error) {
    throw new UsageError(
      `${shown} cannot be written (${errorCode(error) ?? 'unknown'}). Check the free space and your permissions, then run the command again.`,
    )
  }
}

export const runLogin = async (
  { flags, positionals }: ParsedArguments,
  io: Io,
  options: LoginOptions = {},
): Promise<number> => {
  const setUp = await readAuthToSend(flags, io)
  const place = placeOf(positionals['domain'] ?? `localhost:${setUp.config.port}`, setUp, io)
  if (io.prompts === undefined && io.pipedIn === undefined && flags['manual'] === true) {
    throw new UsageError('Cannot read the code: standard input is not open. Run the command in a terminal.')
  }
  printer(io).info(`${terms}\n\n`)
  const verb = place.isThere ? 'replace the credential in' : 'store the tokens in'
  if (!(await confirmed(`Sign in for ${place.domain}, and ${verb} ${place.shown}?`, flags, io))) {
    printer(io).info('Nothing was changed.')
    return 1
  }
  prepare(place)
  const tokens = await exchange(await obtainCode(setUp, flags, io, options), setUp)
  if ('problem' in tokens) {
    printer(io).fail(`${tokens.problem} Run ${productName} auth login again.`)
    return 1
  }
  const expiresAt = await store(place, tokens)
  printer(io).success(`Signed in for ${place.domain}: ${place.shown}, valid for ${timeLeft(expiresAt, Date.now())}.`)
  return 0
}

/** Never prints a token. */
export const authLoginCommand: Command = {
  name: 'auth login',
  description: 'Sign in with a Claude plan, and store the tokens for a domain',
  details: [
    'Opens the page of the login in your browser, and waits 5 minutes for it to come back to 127.0.0.1:54545. Without a browser on this machine, in a remote shell, with --manual, or if the port is not free, the page shows a code to paste here.',
    'Writes <domain>.credentials.json in the folder of credentials, readable only by you. Keeps the other members of an existing file.',
    'Needs --allow-oauth: read docs/upstreams/anthropic.md#oauth first.',
  ],
  get args(): ArgsDef {
    return {
      ...domainArgument(false),
      manual: { type: 'boolean', description: 'Paste the code that the page shows, for a browser on another machine' },
      'no-browser': { type: 'boolean', description: 'Print the page only; you open it in a browser on this machine' },
      ...yesFlag,
      ...authFlags('port', 'allow-http'),
    }
  },
  examples: [
    {
      line: `${productName} auth login --allow-oauth --credentials-dir ~/credentials`,
      what: 'Sign in for clients that use localhost',
    },
    {
      line: `${productName} auth login team.example:3000 --manual`,
      what: 'Sign in for another domain, with a browser on another machine',
    },
  ],
  run: runLogin,
}
