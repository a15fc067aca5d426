import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { NexusProfile } from '../../src/simulator/profiles.ts'
import { nexusNames } from './row.ts'

/**
 * The results of a run, as `matrix.json` has them. The members at the top, `features` and its cells have the names of
 * LiteLLM's published matrix, so that the same tools read both; `features[].providers` is the newest version.
 */

const Cell = Type.Object({
  status: Type.Union([
    Type.Literal('pass'),
    /** Passes after one request that Nexus refused and the server repeated without the refused part. */
    Type.Literal('healed'),
    Type.Literal('fail'),
    Type.Literal('not_applicable'),
    Type.Literal('not_tested'),
  ]),
  /** Of a failure. One line. */
  error: Type.Optional(Type.String({ maxLength: 300 })),
  /** Why it is not applicable or not tested, or what was refused. */
  reason: Type.Optional(Type.String()),
  /** It failed first, and passed when it was repeated. */
  flaky: Type.Optional(Type.Literal(true)),
})
export type Cell = Static<typeof Cell>

const Cells = Type.Object({ nexus_lenient: Cell, nexus_strict: Cell, nexus_poor: Cell })
export type Cells = Static<typeof Cells>

const Feature = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** Of the newest version. */
  providers: Cells,
  /** Of the other versions. */
  versions: Type.Record(Type.String(), Cells),
  group: Type.Union([Type.Literal('published'), Type.Literal('ours')]),
  /** What the run does. */
  what: Type.String(),
})
export type Feature = Static<typeof Feature>

const TestedVersion = Type.Object({
  version: Type.String(),
  role: Type.Union([Type.Literal('oldest'), Type.Literal('middle'), Type.Literal('newest'), Type.Literal('chosen')]),
  /** npm's integrity hash of the package and of its program for this machine, by name. Empty without npm. */
  integrity: Type.Record(Type.String(), Type.String()),
})
export type TestedVersion = Static<typeof TestedVersion>

export const MatrixResult = Type.Object({
  schema_version: Type.Literal('1.0'),
  generated_at: Type.String(),
  nexus_claude_api_version: Type.String(),
  claude_code_version: Type.String(),
  providers: Type.Array(Type.String()),
  features: Type.Array(Feature),
  commit: Type.String(),
  /** `linux-x64`, for example. */
  platform: Type.String(),
  /** Oldest first. */
  versions: Type.Array(TestedVersion),
  models: Type.Array(Type.String()),
  /** The number of flaky cells. */
  flaky: Type.Integer(),
  durationMs: Type.Integer(),
})
export type MatrixResult = Static<typeof MatrixResult>

export type Provider = keyof Cells

export const providerOf = (nexus: NexusProfile): Provider => `nexus_${nexus}`
export const providers: readonly Provider[] = nexusNames.map(providerOf)

/** The cells of a version. Undefined for a version that the run did not have. */
export const cellsOf = (
  { claude_code_version: newest }: Pick<MatrixResult, 'claude_code_version'>,
  { providers: ofNewest, versions }: Feature,
  version: string,
): Cells | undefined => (version === newest ? ofNewest : versions[version])

/** Throws with one line if the text is not the result of a run. */
export const parseResult = (text: string): MatrixResult => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error('it is not JSON', { cause: error })
  }
  if (Value.Check(MatrixResult, value)) return value
  const [issue] = Value.Errors(MatrixResult, value)
  throw new Error(`${issue?.path || '/'}: ${issue?.message}`)
}

/** In Biome's format: a list of words takes one line. */
export const toJson = (value: object): string =>
  `${JSON.stringify(value, undefined, 2).replace(/\[\n\s+("[^[\]{}]*")\n\s+\]/g, (_, words: string) => `[${words.replace(/\n\s+/g, ' ')}]`)}\n`
