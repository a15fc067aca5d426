import type { Secret } from '../../base/secret.ts'
import type { Machine } from '../../config/paths.ts'
import { clientSpelling } from '../../models/resolver.ts'
import { productName, version } from '../../version.ts'
import { localUrl } from '../claude-code/launch/environment.ts'
import type { SetUp } from '../config/set-up.ts'
import { shortPaths } from './short-path.ts'
import { labelled } from './wrap.ts'

/** What a person sees first: a line for each thing, and nothing drawn around it that would be copied along. */

const textColumn = 12

const modelList = ({ models, model, smallModel }: SetUp): string => {
  const main = clientSpelling(model.model.id)
  const small = clientSpelling(smallModel.model.id)
  const roles =
    main === small
      ? new Map([[main, ' (main and small)']])
      : new Map([
          [main, ' (main)'],
          [small, ' (small)'],
        ])
  return models.spellings.map((spelling) => spelling + (roles.get(spelling) ?? '')).join(', ')
}

/** A secret in the keychain, or of a helper, is there because a file says so: `the keychain (/home/me/config.json)`. */
const byFile = /^(the keychain|\w+Command) \((.*)\)$/

/** Every place that gave a setting, each once; flags as one, because they were typed a moment ago. */
const origins = ({ loaded: { sources } }: SetUp, machine: Machine): string => {
  const named = [...sources.values()].filter((source) => source !== 'default')
  const places = named
    .filter((source) => !source.startsWith('--'))
    .map((source) => shortPaths(byFile.exec(source)?.[2] ?? source, machine))
  const all = [...new Set([...places, ...(places.length < named.length ? ['flags'] : [])])]
  return all.length === 0 ? 'defaults alone' : all.join(', ')
}

const keyOrigin = ({ loaded: { sources } }: SetUp, machine: Machine): string => {
  const source = sources.get('apiKey')
  if (source === undefined) return 'as you gave it just now'
  return `from ${byFile.exec(source)?.[1] ?? shortPaths(source, machine)}`
}

const row = ([label, text]: readonly [string, string]): string => labelled(label, text, textColumn)

export interface BannerFacts {
  readonly apiKey: Secret
  /** The one that is really used. */
  readonly port: number
}

export const banner = (setUp: SetUp, { apiKey, port }: BannerFacts, machine: Machine): string => {
  const { config } = setUp.loaded
  const rows: [string, string][] = [
    ['Address', localUrl(config.host, port)],
    ['Upstream', setUp.isSimulated ? 'an embedded simulation of AI Nexus (no key needed)' : config.endpointUrl],
    ...(setUp.isSimulated ? [] : [['Key', `${apiKey.masked()} ${keyOrigin(setUp, machine)}`] as [string, string]]),
    ['Models', modelList(setUp)],
    ['Config', origins(setUp, machine)],
    ...(config.logging.file === undefined
      ? []
      : [['Log', shortPaths(config.logging.file, machine)] as [string, string]]),
  ]
  return `${productName} ${version}\n${rows.map(row).join('\n')}\n`
}
