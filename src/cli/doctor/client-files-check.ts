import { existsSync } from 'node:fs'
import { isLoopbackHost } from '../../base/loopback.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { findGatewaySignIn, gatewayUrl } from '../claude-code/gateway-sign-in.ts'
import { clientTokenOf } from '../clients/connection.ts'
import type { SetupClient, SetupRequest } from '../setup/client-plan.ts'
import { allSetupClients } from '../setup/clients.ts'
import { type Comparison, compareFile, InvalidFile, originIn } from '../setup/compare-file.ts'
import { tokenCommandOf } from '../setup/setup-request.ts'
import { fetchHealth } from '../system/fetch-health.ts'
import { type Check, type CheckGroup, type CheckResult, type Finding, fail, failWith, info, ok, skip } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'

/** Compares each client's own file with what `setup` writes. Reads files, writes none. */

type State =
  /** Our values, and the server answers. */
  | 'set-up'
  /** Our values, and no server answers. */
  | 'no-answer'
  /** Our values, for another address than the configured one. */
  | 'other-address'
  /** Values that lead to another server. */
  | 'elsewhere'
  | 'not-set-up'
  | 'signed-in'
  | 'not-valid'
  /** Setup refuses, for example because of a managed file. */
  | 'refused'

/** A member of `doctor --json`. Has no token, and no value of a file but the address. */
interface ClientFacts {
  readonly client: string
  readonly file: string
  readonly state: State
  /** Scheme, host and port. */
  readonly url: string | null
  readonly signedIn: boolean
}

/** The type of findings has an index. */
const factsOf = (facts: ClientFacts): NonNullable<Finding['data']> => ({ ...facts })

const idPrefix = 'clients.'

/** Short, because the server is on this machine. */
const usualDeadlineMs = 3000

/** Where setup would write, and what is there now. */
interface Found extends Comparison {
  readonly file: string
  readonly isSignIn: boolean
}

/** Joins the files of a client: the address is in one of them. */
const compare = async (client: SetupClient, request: SetupRequest): Promise<Found> => {
  const { isSignIn } = request
  const { files } = await client.plan(request)
  const compared: Found[] = []
  for (const change of files) compared.push({ ...(await compareFile(change, request)), file: change.path, isSignIn })
  const first = compared.find(({ address }) => address !== undefined)
  const file = first?.file ?? existingFile(client, request) ?? ''
  return { file, isSignIn, address: first?.address, differing: compared.flatMap(({ differing }) => differing) }
}

const existingFile = (client: SetupClient, { machine }: Pick<SetupRequest, 'machine'>): string | undefined =>
  client.files(machine).find((path) => existsSync(path))

const isSameServer = (address: string, url: string, port: number): boolean => {
  const [one, other] = [new URL(address), new URL(url)]
  if (!isLoopbackHost(one.hostname)) return one.origin === other.origin
  // A server on any free port cannot be compared.
  return port === 0 || (one.protocol === other.protocol && one.port === other.port && isLoopbackHost(other.hostname))
}

const setupCommand = ({ name }: SetupClient, isSignIn: boolean): string =>
  `${productName} setup ${name}${isSignIn ? ' --sign-in' : ''}`

/** Values that the user changed, or that setup would write differently by now. Without the values themselves. */
const withDiffering = (finding: Finding, differing: readonly string[], command: string): Finding => {
  if (differing.length === 0 || finding.status !== 'ok') return finding
  return {
    ...finding,
    status: 'info',
    detail: `${finding.detail}\nother values than setup writes: ${differing.join(', ')}`,
    remedy: `To see the difference, run: ${command} --dry-run`,
  }
}

/** The server at the address of this machine. */
const answerFinding = async (
  words: string,
  facts: Omit<ClientFacts, 'state'>,
  { io }: DoctorContext,
  needsSignIn: boolean,
): Promise<Finding> => {
  const { url } = facts
  const flag = needsSignIn ? ' --sign-in' : ''
  const health = await fetchHealth(String(url), io.times?.healthMs ?? usualDeadlineMs)
  if (health.kind === 'ours') return ok(`${words}, ${url} answers`, factsOf({ ...facts, state: 'set-up' }))
  return fail(
    `${words}, but no server answers at ${url}`,
    `Start it: ${productName} start${flag}. To start it at login: ${productName} service print${flag}.`,
    factsOf({ ...facts, state: 'no-answer' }),
  )
}

const addressFinding = async (
  client: SetupClient,
  { file, address, isSignIn, differing }: Found,
  context: DoctorContext,
  url: string,
): Promise<Finding> => {
  const facts = { client: client.name, file, url: address ?? null, signedIn: false }
  if (address === undefined)
    return info(
      `not set up: ${file} has no address of a server. To change that, run: ${setupCommand(client, false)}`,
      factsOf({ ...facts, state: 'not-set-up' }),
    )
  const port = context.loaded?.config.port ?? 0
  const command = setupCommand(client, isSignIn)
  if (isSameServer(address, url, port)) {
    const words = isSignIn ? 'set up for sign-in (run claude, then /login)' : 'set up'
    const finding = await answerFinding(words, facts, context, isSignIn)
    return port === 0 ? finding : withDiffering(finding, differing, command)
  }
  if (!isLoopbackHost(new URL(address).hostname))
    return info(`${file} leads to ${new URL(address).host}`, factsOf({ ...facts, state: 'elsewhere' }))
  return fail(
    `${file} leads to ${address}, but the server listens at ${url}`,
    `Run: ${command}`,
    factsOf({ ...facts, state: 'other-address' }),
  )
}

/** A stored sign-in wins over the file. Undefined without one. */
const signedInFinding = async (
  client: SetupClient,
  context: DoctorContext,
  url: string,
): Promise<Finding | undefined> => {
  const signIn = client.hasSignIn ? findGatewaySignIn(context.io.machine) : undefined
  if (signIn?.key !== 'enterpriseGateway') return undefined
  const address = originIn(gatewayUrl(signIn) ?? '')
  const facts = { client: client.name, file: signIn.path, url: address ?? null, signedIn: true }
  if (address === undefined)
    return info('signed in to a gateway; the environment is ignored', factsOf({ ...facts, state: 'signed-in' }))
  const { host } = new URL(address)
  if (isSameServer(address, url, context.loaded?.config.port ?? 0))
    return await answerFinding(`signed in to ${host}`, facts, context, true)
  return info(`signed in to ${host}; the environment is ignored`, factsOf({ ...facts, state: 'signed-in' }))
}

const fileFinding = async (client: SetupClient, context: DoctorContext, request: SetupRequest): Promise<Finding> => {
  const signedIn = await signedInFinding(client, context, request.url)
  if (signedIn !== undefined) return signedIn
  const found = await compare(client, request)
  if (found.address !== undefined || !client.hasSignIn) return await addressFinding(client, found, context, request.url)
  return await addressFinding(client, await compare(client, { ...request, isSignIn: true }), context, request.url)
}

const clientFinding = async (client: SetupClient, context: DoctorContext): Promise<Finding> => {
  const { setUp, url, io, flags } = context
  if (setUp === undefined || url === undefined) return skip(fixConfigurationFirst)
  const request: SetupRequest = {
    machine: io.machine,
    setUp,
    url,
    token: clientTokenOf(setUp.loaded.config),
    tokenCommand: tokenCommandOf(flags, io),
    isSignIn: false,
    answer: 'silent',
  }
  const refused = (state: State, file: string, message: string): Finding => ({
    ...failWith(message),
    data: factsOf({ client: client.name, file, state, url: null, signedIn: false }),
  })
  try {
    return await fileFinding(client, context, request)
  } catch (error) {
    if (error instanceof InvalidFile) return refused('not-valid', error.file, error.message)
    if (error instanceof UsageError) return refused('refused', existingFile(client, request) ?? '', error.message)
    throw error
  }
}

/** One check for each client whose file exists; no group without one. */
export const clientFileChecks = (context: DoctorContext): CheckGroup[] => {
  const { machine } = context.io
  const installed = allSetupClients().filter((client) => existingFile(client, { machine }) !== undefined)
  const checks = installed.map(
    (client): Check => ({
      id: `${idPrefix}${client.name}`,
      title: client.title,
      run: () => clientFinding(client, context),
    }),
  )
  return checks.length === 0 ? [] : [{ title: 'Client files', checks }]
}

/** For scripts. */
export const clientFactsIn = (results: readonly CheckResult[]): readonly CheckResult['data'][] =>
  results.flatMap(({ id, data }) => (id.startsWith(idPrefix) && data !== undefined ? [data] : []))
