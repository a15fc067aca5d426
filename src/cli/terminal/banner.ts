import type { Secret } from '../../base/secret.ts'
import type { Machine } from '../../config/paths.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf, type ModelResolver } from '../../models/resolver.ts'
import { productName, version } from '../../version.ts'
import { localUrl } from '../claude-code/launch/environment.ts'
import { shownSource } from '../config/describe-config.ts'
import type { SetUp } from '../config/set-up.ts'
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

const row = ([label, text]: readonly [string, string]): string => labelled(label, text, textColumn)

export interface BannerFacts {
  /** Undefined for an upstream that needs no key. */
  readonly apiKey: Secret | undefined
  /** The actual port. */
  readonly port: number
}

export const banner = (setUp: SetUp, { apiKey, port }: BannerFacts, machine: Machine): string => {
  const { config } = setUp.loaded
  const rows: [string, string][] = [
    ['Address', localUrl(config.host, port)],
    [
      'Upstream',
      setUp.isSimulated
        ? `embedded simulation of ${simulatedNames[config.upstream]} (no key needed)`
        : setUp.connection.address,
    ],
    ...(setUp.isSimulated
      ? []
      : [
          ['Key', apiKey === undefined ? 'none' : `${apiKey.masked()} ${keyOrigin(setUp, machine)}`] as [
            string,
            string,
          ],
        ]),
    ['Models', modelList(setUp)],
    ['Config', origins(setUp, machine)],
    ...(config.logging.file === undefined
      ? []
      : [['Log', shortPaths(config.logging.file, machine)] as [string, string]]),
  ]
  return `${productName} ${version}\n${rows.map(row).join('\n')}\n`
}
