import { sha256Hex } from '../../../runtime/hash.ts'
import { commit, version } from '../../../version.ts'
import { type Cell, notTested } from './cell.ts'
import { clientShapes, newestShape } from './client-shapes.ts'
import type { Results } from './play-matrix.ts'
import { shownRows, simulatorOnly } from './rows.ts'

/**
 * The result for maintainers, in the form of the compatibility matrix (MX-D7). It has no key, no account and no host: only
 * a hash, by which two results of one endpoint are recognised.
 */

export interface ReportFacts {
  readonly results: Results
  readonly models: readonly string[]
  readonly platform: string
  readonly endpointUrl: string
  readonly generatedAt: Date
  readonly durationMs: number
  readonly requests: number
  readonly tokens: number
  readonly stopped: string | undefined
}

const hashDigits = 16

const roles = ['oldest', 'middle', 'newest'] as const

/** The members of a cell as JSON has them. */
const asProvider = (cell: Cell) => ({ nexus: cell })

const featuresOf = (results: Results) => [
  ...shownRows.flatMap(({ id, name, group, what }) => {
    const result = results.get(id)
    const newest = result?.versions.get(newestShape.version)
    if (result === undefined || newest === undefined) return []
    const others = [...result.versions].filter(([other]) => other !== newestShape.version)
    return [
      {
        id,
        name,
        providers: asProvider(newest),
        versions: Object.fromEntries(others.map(([other, cell]) => [other, asProvider(cell)])),
        models: Object.fromEntries(result.models),
        group,
        what,
      },
    ]
  }),
  ...[...simulatorOnly].map(([id, { name, group }]) => ({
    id,
    name,
    providers: asProvider(notTested('simulator only')),
    versions: {},
    models: {},
    group,
    what: 'only the simulator can show it',
  })),
]

export const matrixReport = (facts: ReportFacts) => ({
  schema_version: '1.0',
  generated_at: facts.generatedAt.toISOString(),
  nexus_claude_api_version: version,
  claude_code_version: newestShape.version,
  providers: ['nexus'],
  features: featuresOf(facts.results),
  commit,
  platform: facts.platform,
  versions: clientShapes.map((shape, index) => ({ version: shape.version, role: roles[index], integrity: {} })),
  models: facts.models,
  flaky: 0,
  durationMs: Math.round(facts.durationMs),
  nexus: { host: `sha256:${sha256Hex(new URL(facts.endpointUrl).host).slice(0, hashDigits)}` },
  requests: facts.requests,
  tokens: facts.tokens,
  stopped: facts.stopped ?? null,
})
