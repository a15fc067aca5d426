import { expect, test } from 'bun:test'
import type Anthropic from '@anthropic-ai/sdk'
import type { ModelInfo } from '../../src/server/entrances/anthropic/model-info.ts'

/** Like answer-members.test.ts, for the models of the Models API. */

type Beta = Anthropic.Beta.BetaModelInfo

/** Compiled, never called. */
const typed = [(info: ModelInfo): Anthropic.ModelInfo => info, (info: ModelInfo): Beta => info]

type Excess<Own, Theirs> = Exclude<keyof Own, keyof Theirs>
type None<Strange> = [Strange] extends [never] ? 'none' : Strange

const excess: [Excess<ModelInfo, Beta>, None<Excess<ModelInfo['capabilities'], NonNullable<Beta['capabilities']>>>] = [
  // For users: `models` prints it, too.
  'description',
  'none',
]

test("A9 a model has the SDK's members", () => {
  expect([typed.length, excess[0]]).toEqual([2, 'description'])
})
