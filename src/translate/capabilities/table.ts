import { memoize } from '../../base/memoize.ts'
import { compareVersions, type ModelFamily, type ModelVersion, parseModelName } from '../../messages/model-name.ts'
import type { Effort } from '../../wire/anthropic/request.ts'

/**
 * What a model accepts and refuses on Bedrock. Extend this table for a new model: a row applies from its version on,
 * until the family's next row.
 */
export interface ModelCapabilities {
  /** Whether it is a Claude model: other vendors' models accept no fields of Anthropic. */
  readonly isClaude: boolean
  /** Values of `thinking.type` that request thinking. */
  readonly thinking: readonly ('enabled' | 'adaptive' | 'between_tools')[]
  /** Whether the model thinks without a `thinking` field. */
  readonly thinksByDefault: boolean
  /** Whether `thinking: {type: "disabled"}` is accepted. */
  readonly disabledThinking: boolean
  /** `temperature` and `top_p`: both at once, only one of them, or a 400 for either. */
  readonly sampling: 'both' | 'one' | 'none'
  /** Values of `output_config.effort`; empty if the field itself is refused. */
  readonly effort: readonly Effort[]
  /** Whether effort needs the beta flag `effort-2025-11-24`. */
  readonly effortBeta: boolean
  /** Whether the conversation may end with an assistant turn that the model continues. */
  readonly prefill: boolean
  /** Whether `tool_choice` may force a tool. */
  readonly forcedTool: 'always' | 'without thinking' | 'never'
  /** Whether `tool_choice` may be `none`. */
  readonly toolChoiceNone: boolean
  /** Whether `disable_parallel_tool_use` is accepted. */
  readonly toolLimit: boolean
  /** Whether a tool may be `strict`. */
  readonly strictTools: boolean
  /** Whether messages may have the role `system`. */
  readonly systemMessages: boolean
  /** Whether the prompt may be cached at all. */
  readonly cachePoints: boolean
  /** Whether a cache point may have a `ttl`. */
  readonly cacheTtl: boolean
  /** Whether Converse's `outputConfig.textFormat` is accepted. */
  readonly structuredOutput: boolean
  /** Whether citations are accepted, without which the model does not see a PDF's pages. */
  readonly citations: boolean
  /** Whether a PDF may be in one message with a tool result. */
  readonly documentsBesideResults: boolean
  /** Whether an image may be inside a tool result. */
  readonly imagesInResults: boolean
  /** Whether `additionalModelResponseFieldPaths` is accepted, which reports the stop sequence. */
  readonly responseFieldPaths: boolean
  /** Whether the beta flag `context-1m-2025-08-07` widens the window. */
  readonly longContextBeta: boolean
  /** Whether thinking with a budget accepts the beta flag `interleaved-thinking-2025-05-14`. */
  readonly interleavedBeta: boolean
  /** The tokenizer, named after its first model. The second one makes a third more tokens from the same prose. */
  readonly tokenizer: 'claude-3' | 'claude-4.7'
}

interface Row extends ModelCapabilities {
  readonly families: readonly ModelFamily[]
  readonly since: ModelVersion
}

const v = (major: number, minor = 0): ModelVersion => ({ major, minor })

const claude3: ModelCapabilities = {
  isClaude: true,
  thinking: [],
  thinksByDefault: false,
  disabledThinking: false,
  sampling: 'both',
  effort: [],
  effortBeta: false,
  prefill: true,
  forcedTool: 'always',
  toolChoiceNone: true,
  toolLimit: true,
  strictTools: false,
  systemMessages: false,
  cachePoints: true,
  cacheTtl: false,
  structuredOutput: false,
  citations: true,
  documentsBesideResults: true,
  imagesInResults: true,
  responseFieldPaths: true,
  longContextBeta: false,
  interleavedBeta: false,
  tokenizer: 'claude-3',
}
const claude37: ModelCapabilities = {
  ...claude3,
  thinking: ['enabled'],
  disabledThinking: true,
  forcedTool: 'without thinking',
}
const claude4: ModelCapabilities = { ...claude37, interleavedBeta: true }
const claude45: ModelCapabilities = {
  ...claude4,
  sampling: 'one',
  strictTools: true,
  cacheTtl: true,
  structuredOutput: true,
}
const claude46: ModelCapabilities = {
  ...claude45,
  thinking: ['enabled', 'adaptive'],
  effort: ['low', 'medium', 'high', 'max'],
  prefill: false,
  longContextBeta: true,
  interleavedBeta: false,
}
const claude47: ModelCapabilities = {
  ...claude46,
  thinking: ['adaptive'],
  sampling: 'none',
  effort: ['low', 'medium', 'high', 'xhigh', 'max'],
  strictTools: false,
  structuredOutput: false,
  longContextBeta: false,
  tokenizer: 'claude-4.7',
}
const claude48: ModelCapabilities = { ...claude47, systemMessages: true }
const claude5: ModelCapabilities = { ...claude48, thinksByDefault: true }
const alwaysThinking: ModelCapabilities = { ...claude5, disabledThinking: false }
const claude55: ModelCapabilities = { ...alwaysThinking, forcedTool: 'never' }

/** A model of another vendor: only Converse's own fields. */
const thirdParty: ModelCapabilities = {
  ...claude3,
  isClaude: false,
  toolChoiceNone: false,
  toolLimit: false,
  cachePoints: false,
  citations: false,
  imagesInResults: false,
  responseFieldPaths: false,
}
const nova: ModelCapabilities = { ...thirdParty, cachePoints: true, imagesInResults: true }

/** Per family, oldest first. Sources: the specification's capability matrix, AWS's model cards. */
const rows: readonly Row[] = [
  { families: ['instant', 'opus', 'sonnet', 'haiku'], since: v(0), ...claude3 },
  { families: ['sonnet'], since: v(3, 7), ...claude37 },
  { families: ['opus', 'haiku'], since: v(4), ...claude4 },
  { families: ['sonnet'], since: v(4), ...claude4, longContextBeta: true },
  { families: ['opus'], since: v(4, 1), ...claude4, sampling: 'one' },
  { families: ['haiku'], since: v(4, 5), ...claude45 },
  { families: ['sonnet'], since: v(4, 5), ...claude45, longContextBeta: true },
  { families: ['opus'], since: v(4, 5), ...claude45, effort: ['low', 'medium', 'high'], effortBeta: true },
  { families: ['opus', 'sonnet'], since: v(4, 6), ...claude46 },
  { families: ['opus'], since: v(4, 7), ...claude47 },
  { families: ['opus'], since: v(4, 8), ...claude48 },
  { families: ['opus', 'sonnet', 'haiku'], since: v(5), ...claude5 },
  { families: ['fable', 'mythos'], since: v(0), ...alwaysThinking },
  { families: ['opus', 'haiku'], since: v(5, 5), ...claude55 },
  { families: ['sonnet'], since: v(5, 5), ...claude55, thinking: ['adaptive', 'between_tools'] },
]

/** An unknown Claude model counts as the newest. */
const newest = claude55

/** Names of other vendors' models in Bedrock's ids. */
const thirdPartyPattern =
  /(?:^|[./-])(?:amazon|meta|llama|mistral|cohere|ai21|deepseek|openai|qwen|titan|writer)(?:[./-]|\d|$)/
const novas = /(?:^|[./-])nova(?:[./-]|$)/

const findCapabilities = (modelId: string): ModelCapabilities => {
  const name = parseModelName(modelId)
  if (name === undefined) return novas.test(modelId) ? nova : thirdPartyPattern.test(modelId) ? thirdParty : newest
  const { family, version } = name
  if (family === undefined) return version === undefined ? newest : claude3
  const ofFamily = rows.filter((row) => row.families.includes(family))
  if (version === undefined) return ofFamily.at(-1) ?? newest
  return ofFamily.findLast((row) => compareVersions(row.since, version) <= 0) ?? newest
}

/** Returns the capabilities of the model with an upstream's id. Parsing an id costs as much as a short translation. */
export const capabilitiesOf = memoize(findCapabilities)
