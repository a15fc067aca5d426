import type { ErrorType, GatewayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Config } from '../../config/load.ts'
import { settingPath } from '../../config/paths.ts'
import { type ListedFolder, listDomainFiles } from '../../upstreams/anthropic/credentials/domain-list.ts'
import { timeLeft } from '../commands/auth/time-left.ts'
import { requireKey, type SetUp } from '../config/set-up.ts'
import { credentialSources } from '../credentials/credential-sources.ts'
import { proxyOnTheWay } from '../system/proxy.ts'
import type { Io } from '../terminal/io.ts'
import { listModels, sendOneToken } from './anthropic-probes.ts'
import { type Check, type CheckGroup, type Finding, fail, info, ok, skip, unless, warn } from './check.ts'
import { clockFinding } from './clock.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'
import { reasonToSkip } from './nexus-checks.ts'
import type { EndpointProbe } from './probe-endpoint.ts'
import { openSession, type ProbeOutcome, type Session, silentLog } from './session.ts'

/** What Anthropic's API makes of each credential that the server would use, and of the models (AU-0g). */

const title = 'Anthropic'
/** Where the terms are. */
const oauthTerms = 'docs/upstreams/anthropic.md#oauth'

/** One credential, as requests use it. */
interface Probed {
  readonly id: string
  readonly title: string
  /** The domain whose file it is; undefined for requests without one. */
  readonly host: string | undefined
  /** In words, without a secret. */
  readonly text: string
  /** An answer of the server may quote them. */
  readonly secrets: readonly Secret[]
  /** Milliseconds since 1970; undefined for a credential without an end. */
  readonly expiresAt?: number
  /** Why requests cannot use it. No request is needed to know this. */
  readonly problem?: string
  readonly remedy?: string
}

type ListedFile = ListedFolder['files'][number]

const oauthOff = {
  problem: 'OAuth credentials are off',
  remedy: `Read ${oauthTerms}, then pass --allow-oauth, or remove the file from the folder.`,
}

const ofFile = ({ fileName, domain, file, problem }: ListedFile, allowOauth: boolean): Probed => {
  const place = { id: `credential.file.${fileName}`, title: 'Domain', host: domain }
  if (file === undefined || domain === undefined)
    return {
      ...place,
      text: fileName,
      secrets: [],
      problem: problem ?? 'it is not valid',
      remedy: 'Correct the file, or remove it from the folder.',
    }
  const { credential } = file
  if (credential.type === 'oauth') {
    const { accessToken, expiresAt } = credential.grant
    const text = `${domain}: OAuth token ${accessToken.masked()}`
    return { ...place, text, secrets: [accessToken], expiresAt, ...(!allowOauth && oauthOff) }
  }
  const { keys: secrets } = credential
  const others = secrets.length > 1 ? ` and ${secrets.length - 1} more` : ''
  return { ...place, text: `${domain}: API key ${secrets[0]?.masked()}${others}`, secrets }
}

/** The credential of requests without a file of their domain. */
const general = ({ connection, isSimulated }: SetUp, { anthropic }: Config): Probed[] => {
  const { apiKey } = connection
  const place = { id: 'credential.general', host: undefined, secrets: apiKey === undefined ? [] : [apiKey] }
  if (isSimulated) return [{ ...place, title: 'Key', text: 'any key' }]
  if (apiKey !== undefined) return [{ ...place, title: 'Key', text: apiKey.masked() }]
  return anthropic.claudeCodeLogin && anthropic.allowOauth
    ? [{ ...place, title: 'Sign-in', text: "Claude Code's own" }]
    : []
}

const folderOf = async ({ loaded, isSimulated }: SetUp, { machine }: Io): Promise<ListedFolder> => {
  const { credentialsDir } = loaded.config.anthropic
  if (credentialsDir === undefined || isSimulated) return { files: [], problem: undefined }
  return listDomainFiles(settingPath(machine, credentialsDir))
}

const remedies: Partial<Record<ErrorType, string>> = {
  authentication_error: 'Check that it is complete and valid, and belongs to this address (--anthropic-url).',
  permission_error: 'Check that it may use the API and the model.',
  billing_error: 'Check the credit of the organization.',
  not_found_error: 'Check the name of the model and the address: --model, --small-model, --anthropic-url.',
  rate_limit_error: 'Wait a minute, and run doctor again.',
  overloaded_error: 'Wait a minute, and run doctor again.',
}

const failed = ({ type, message }: GatewayError, text: string, { secrets }: Probed): Finding =>
  fail(
    `${text}: ${secrets.reduce((words, secret) => secret.hiddenIn(words), message)}`,
    remedies[type] ?? 'Check the address: --anthropic-url.',
    { error: type },
  )

const expiryText = ({ expiresAt }: Probed, now: number): string => {
  if (expiresAt === undefined) return ''
  return expiresAt > now ? `; expires in ${timeLeft(expiresAt, now)}` : '; had expired, and was renewed'
}

const createProbing = (session: Session) => {
  const lists = new Map<Probed, Promise<ProbeOutcome<number>>>()
  const listed = (probed: Probed): Promise<ProbeOutcome<number>> => {
    const known = lists.get(probed) ?? listModels(session, probed.host)
    lists.set(probed, known)
    return known
  }
  return {
    async credential(probed: Probed): Promise<Finding> {
      const { text } = probed
      const now = Date.now()
      const outcome = await listed(probed)
      if (outcome.error !== undefined) return failed(outcome.error, text, probed)
      const { value: models, ms } = outcome
      return ok(`${text}: lists ${models} models (${ms} ms)${expiryText(probed, now)}`, { models, ms })
    },
    /** The first credential that the API accepts. */
    async accepted(all: readonly Probed[]): Promise<Probed | undefined> {
      for (const probed of all) if ((await listed(probed)).error === undefined) return probed
      return undefined
    },
    async model(name: string, accepted: Probed | undefined): Promise<Finding> {
      if (accepted === undefined) return skip('no credential is accepted')
      const outcome = await sendOneToken(session, accepted.host, name)
      if (outcome.error !== undefined) return failed(outcome.error, name, accepted)
      return ok(`${name} answers (${outcome.ms} ms)`, { ms: outcome.ms })
    },
  }
}

interface AnthropicOptions {
  readonly endpointUrl: string
  readonly probe: () => Promise<EndpointProbe | undefined>
}

const modelTitles = [
  ['anthropic.model', 'Main model'],
  ['anthropic.small-model', 'Small model'],
] as const

const skipped = (why: string, local: readonly Check[] = []): CheckGroup => ({
  title,
  checks: [
    ...local,
    ...[['credential.general', 'Credentials'] as const, ...modelTitles].map(([id, name]) => ({
      id,
      title: name,
      run: () => skip(why),
    })),
  ],
})

const noCredential: Check = {
  id: 'credential.general',
  title: 'Credentials',
  run: () => info('clients send their own: doctor has none to try'),
}

/** What this machine knows about the files, without a request. */
const localChecks = (folder: ListedFolder, all: readonly Probed[]): Check[] => [
  ...(folder.problem === undefined
    ? []
    : [
        {
          id: 'credential.folder',
          title: 'Credentials',
          run: () => warn(`the folder of credentials has no file: ${folder.problem}`, 'Check --credentials-dir.'),
        },
      ]),
  ...all.flatMap(({ id, title, text, problem, remedy }) =>
    problem === undefined ? [] : [{ id, title, run: () => fail(`${text}: ${problem}`, remedy) }],
  ),
]

export const anthropicChecks = async (
  context: DoctorContext,
  { endpointUrl, probe }: AnthropicOptions,
): Promise<CheckGroup> => {
  const { setUp, io } = context
  const reason = reasonToSkip(context)
  if (setUp === undefined) return skipped(fixConfigurationFirst)
  const { config } = setUp.loaded
  const folder = await folderOf(setUp, io)
  const { allowOauth } = config.anthropic
  const all = [...general(setUp, config), ...folder.files.map((file) => ofFile(file, allowOauth))]
  const local = localChecks(folder, all)
  if (reason !== undefined) return skipped(reason, local)
  const session = openSession({
    config,
    endpointUrl,
    apiKey: requireKey(setUp, io),
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
    ...(!setUp.isSimulated && { credentialSources: await credentialSources(config, silentLog, io.machine) }),
  })
  const tried = all.filter(({ problem }) => problem === undefined)
  const probing = createProbing(session)
  const unreachable = async (): Promise<string | undefined> => {
    const probed = await probe()
    return probed !== undefined && 'error' in probed ? `${title} is not reached` : undefined
  }
  const checks: Check[] = [
    ...(all.length === 0 && folder.problem === undefined ? [noCredential] : []),
    ...tried.map((probed): Check => ({ id: probed.id, title: probed.title, run: () => probing.credential(probed) })),
    ...modelTitles.map(([id, name], index): Check => {
      const { id: model } = (index === 0 ? setUp.model : setUp.smallModel).model
      return { id, title: name, run: async () => probing.model(model, await probing.accepted(tried)) }
    }),
    { id: 'clock', title: 'Clock', run: () => clockFinding(session.clock(), io.machine.platform, title) },
  ]
  return { title, checks: [...local, ...checks.map((check) => unless(unreachable, check))] }
}
