import { type Static, Type } from '@sinclair/typebox'
import { effortLevels } from './anthropic/request.ts'
import { timePattern } from './clients-file.ts'
import { Closed, OneOf } from './schema.ts'

/** The file of what `doctor --matrix --learn` has found out: parts of requests that models refuse (MX-D8). */

const Optional = Type.Optional
const Flag = Optional(Type.Boolean())
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Names = Type.Array(Name, { maxItems: 100 })

/** Only what a refusal can say. */
const Capabilities = Closed({
  sampling: Optional(OneOf('both', 'one', 'none')),
  effort: Optional(Type.Array(OneOf(...effortLevels))),
  toolChoiceNone: Flag,
  toolLimit: Flag,
  strictTools: Flag,
  systemMessages: Flag,
  cachePoints: Flag,
  cacheTtl: Flag,
  structuredOutput: Flag,
  citations: Flag,
  documentsBesideResults: Flag,
  imagesInResults: Flag,
  responseFieldPaths: Flag,
})

const Overrides = Closed({
  capabilities: Optional(Capabilities),
  refusedThinking: Optional(Type.Array(OneOf('enabled', 'adaptive'))),
  refusedFields: Optional(Names),
  takenValues: Optional(Type.Record(Name, Names)),
  refusedBetas: Optional(Names),
})

const Refusal = Closed({
  model: Name,
  what: Type.String({ minLength: 1, maxLength: 500 }),
  overrides: Overrides,
})

const Endpoint = Closed({
  learnedAt: Type.String({ pattern: timePattern }),
  refusals: Type.Array(Refusal, { maxItems: 1000 }),
})

/** Each endpoint has the SHA-256 of its URL as its name. */
export const CapabilitiesFile = Closed({ endpoints: Type.Record(Type.String(), Endpoint) })
export type CapabilitiesFile = Static<typeof CapabilitiesFile>
