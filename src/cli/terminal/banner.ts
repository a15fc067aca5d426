import { isEverywhere } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'
import { forwardsClientKeys } from '../../config/client-keys.ts'
import { otelHosts } from '../../config/otel.ts'
import type { Machine } from '../../config/paths.ts'
import { reportHosts } from '../../config/reports.ts'
import { isShared, shownStateAddress } from '../../config/state-address.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf, type ModelResolver } from '../../models/resolver.ts'
import { productName, version } from '../../version.ts'
import { localUrl, urlOf } from '../clients/connection.ts'
import { shownSource } from '../config/describe-config.ts'
import type { SetUp } from '../config/set-up.ts'
import { searchTarget } from '../search/search-target.ts'
import { signInText } from '../sign-in/start-words.ts'
import { simulatedNames } from '../simulator.ts'
import { shortPaths } from './short-path.ts'
import { labelled } from './wrap.ts'

/** The first output of the server: one line per fact, without a frame, so that lines are easy to copy. */

const textColumn = 12

/** For an upstream that maps names, the name and the model: `claude-opus-4-6 = zai-org/GLM-4.5`. */
const shownModel = (model: Model, { takesAnyName }: ModelResolver): string => {
  const name = clientNameOf(model)
  return takesAnyName && name !== model.id ? `${name} = ${model.id}` : name
}

const modelList = ({ models, model, smallModel }: SetUp): string => {
  const main = clientNameOf(model.model)
  const small = clientNameOf(smallModel.model)
  const roles =
    main === small
      ? new Map([[main, ' (main and small)']])
      : new Map([
          [main, ' (main)'],
          [small, ' (small)'],
        ])
  const listed = models.models.map((model) => shownModel(model, models) + (roles.get(clientNameOf(model)) ?? ''))
  return listed.length === 0 ? 'as clients name them' : listed.join(', ')
}

/** The file that refers to a secret in the keychain or to a helper program: `the keychain (/home/me/config.json)`. */
const byFile = /^(the keychain|\w+Command) \((.*)\)$/

/** Each source of a setting once. Flags count as one source, because the user has just typed them. */
const origins = ({ loaded }: SetUp, machine: Machine): string => {
  const { variableOrigins, environmentFile } = loaded.places
  const named = [...loaded.sources.values()]
    .filter((source) => source !== 'default')
    // A file of variables counts as one source.
    .map((source) => (variableOrigins.has(source) && environmentFile ? environmentFile.path : source))
  const places = named
    .filter((source) => !source.startsWith('--'))
    .map((source) => shortPaths(byFile.exec(source)?.[2] ?? source, machine))
  const all = [...new Set([...places, ...(places.length < named.length ? ['flags'] : [])])]
  return all.length === 0 ? 'defaults' : all.join(', ')
}

const keyOrigin = ({ loaded, connection }: SetUp, machine: Machine): string => {
  const source = loaded.sources.get(connection.keySetting)
  if (source === undefined) return 'as just entered'
  return `from ${byFile.exec(source)?.[1] ?? shortPaths(shownSource(source, loaded), machine)}`
}

const row = ([label, text]: Row): string => labelled(label, text, textColumn)

export interface BannerFacts {
  /** Undefined for an upstream that needs no key. */
  readonly apiKey: Secret | undefined
  /** The actual port. */
  readonly port: number
  /** The name or the address of this server for clients on this machine. */
  readonly host: string
  /** IPv4 addresses of this machine in its networks. */
  readonly networkAddresses: readonly string[]
  /** The files of credentials, in words; undefined without a folder. */
  readonly domains: string | undefined
  /** Processes that serve. */
  readonly workers: number
  /** Whether a key in this terminal approves a sign-in. */
  readonly takesKeys: boolean
}

type Row = readonly [label: string, text: string]

/**
 * Where this server reports requests, and who gets queries of web search. Of an address only its host: the path of a
 * webhook is its secret.
 */
const reportRows = ({ config, environment }: SetUp['loaded']): Row[] => {
  const { slack, telemetry } = reportHosts(config)
  const collector = otelHosts(config, environment)
  const search = searchTarget(config)
  return [
    ...(search === undefined ? [] : [['Search', `on, queries are sent to ${search}`] as const]),
    ...(collector === undefined ? [] : [['Traces', `and metrics to ${collector}`] as const]),
    ...(telemetry === undefined ? [] : [['Reports', `telemetry to ${telemetry}`] as const]),
    ...(slack === undefined ? [] : [['Slack', `on, conversations are sent to ${slack}`] as const]),
  ]
}

/** The processes and the Redis that share the work (OP-K7, OP-R1). */
const sharingRows = ({ state: { url } }: SetUp['loaded']['config'], workers: number): Row[] => [
  ...(workers > 1 ? [['Workers', `${workers} processes`] as const] : []),
  ...(isShared(url) ? [['State', `limits shared through ${shownStateAddress(url)}`] as const] : []),
]

const keyText = (setUp: SetUp, apiKey: Secret | undefined, machine: Machine): string => {
  if (apiKey !== undefined) return `${apiKey.masked()} ${keyOrigin(setUp, machine)}`
  const { config } = setUp.loaded
  if (config.upstream !== 'anthropic') return 'none'
  const { allowOauth, claudeCodeLogin } = config.anthropic
  const others = [
    ...(forwardsClientKeys(config) ? ['clients send their own'] : []),
    ...(allowOauth && claudeCodeLogin ? ["Claude Code's sign-in"] : []),
  ]
  return ['none', ...(others.length === 0 ? [] : [others.join(', otherwise ')])].join('; ')
}

export const banner = (setUp: SetUp, facts: BannerFacts, machine: Machine): string => {
  const { apiKey, host, port, networkAddresses, domains, workers, takesKeys } = facts
  const { config } = setUp.loaded
  const address = localUrl({ ...config, host }, port)
  const isTls = config.tls.cert !== undefined
  const rows: Row[] = [
    ['Address', address],
    ...(config.openaiEntrance.enabled ? [['OpenAI', `${address}/v1 for OpenAI clients`] as const] : []),
    ...(isEverywhere(config.host)
      ? networkAddresses.map((address) => ['Network', urlOf(address, port, isTls)] as const)
      : []),
    ...(config.dashboard ? [['Usage', `${address}/dashboard`] as const] : []),
    ...(config.signIn.enabled ? [['Sign-in', signInText(config, address, takesKeys)] as const] : []),
    [
      'Upstream',
      setUp.isSimulated
        ? `embedded simulation of ${simulatedNames[config.upstream]} (no key needed)`
        : setUp.connection.address,
    ],
    ...(setUp.isSimulated ? [] : [['Key', keyText(setUp, apiKey, machine)] as const]),
    ...(domains === undefined ? [] : [['Domains', domains] as const]),
    ...sharingRows(config, workers),
    ['Models', modelList(setUp)],
    ['Config', origins(setUp, machine)],
    ...(config.logging.file === undefined ? [] : [['Log', shortPaths(config.logging.file, machine)] as const]),
    ...reportRows(setUp.loaded),
  ]
  return `${productName} ${version}\n${rows.map(row).join('\n')}\n`
}
