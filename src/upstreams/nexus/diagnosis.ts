import { gatedFields } from '../../translate/anthropic-to-converse/additional-fields.ts'
import type { Learned } from '../../translate/learned.ts'
import type { ModelCapabilities } from '../../translate/model-capabilities.ts'
import type { ConverseRequest } from '../../wire/converse/request.ts'
import { isSystemRejected, rejectedThinking } from './capability.ts'
import type { NexusError } from './errors.ts'

/**
 * What a refusal says of the model, where it says what to leave out. Source: the texts that Bedrock was
 * seen to refuse with. Whatever is not in this table is the client's to hear.
 */
export interface Diagnosis {
  readonly lesson: Partial<Learned>
  /** What the model does not take, in words that a user understands, and that quote nobody. */
  readonly what: string
  /** The words were about one request's place for it, and may not hold for others: tried again after a while. */
  readonly isPassing?: true
}

/** Reads a refusal's words. `sent` tells what could have been meant. */
type Row = (words: string, sent: ConverseRequest) => readonly (Diagnosis | undefined)[]

const lacking = (what: string, capabilities: Partial<ModelCapabilities>): Diagnosis => ({
  what,
  lesson: { capabilities },
})
const refusing = (what: string, field: string): Diagnosis => ({ what, lesson: { refusedFields: [field] } })

const noCachePoints = lacking('cache points', { cachePoints: false })
const noStrictTools = lacking('strict tools', { strictTools: false })
const noSchema = lacking('a schema for its answers', { structuredOutput: false })
const noEffort = lacking('an effort setting', { effort: [] })
const noCitations = lacking('citations', { citations: false })
const noDocumentsBesideResults = lacking('documents next to tool results', { documentsBesideResults: false })
const noSystemMessages = lacking('system messages in mid-conversation', { systemMessages: false })

const additionalOf = (sent: ConverseRequest): Readonly<Record<string, unknown>> =>
  sent.additionalModelRequestFields ?? {}

/** Whether a place was sent: the words may quote anything, and a place that was not sent is none of ours. */
const wasSent = (sent: ConverseRequest, place: string): boolean => {
  let value: unknown = additionalOf(sent)
  for (const name of place.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Record<string, unknown>)[name]
  }
  return true
}

const hasDocumentBesideResult = ({ messages }: ConverseRequest): boolean =>
  messages.some(
    ({ content }) => content.some((block) => 'toolResult' in block) && content.some((block) => 'document' in block),
  )

const byField: ReadonlyMap<string, Diagnosis> = new Map([
  ['output_config', noEffort],
  ['output_config.effort', noEffort],
  ['output_config.format', noSchema],
])

/** Fields whose members have names of Anthropic's; in others a client's own may stand. */
const named: ReadonlySet<string> = new Set(['thinking', 'output_config', 'context_management', 'tool_choice'])

/** A place as far as its names are nobody's. */
const publicName = (place: string): string => {
  const [first = '', second] = place.split('.')
  return named.has(first) && second !== undefined ? `${first}.${second}` : first
}

const refusedField = (field: string, sent: ConverseRequest): Diagnosis | undefined => {
  const known = byField.get(field)
  if (known !== undefined || !wasSent(sent, field)) return known
  // The flag alone would be for nothing.
  const flag = gatedFields.get(field)
  return {
    what: publicName(field),
    lesson: { refusedFields: [field], ...(flag !== undefined && { refusedBetas: [flag] }) },
  }
}

const toolMembers: ReadonlyMap<string, Diagnosis> = new Map([
  ['strict', noStrictTools],
  ['cache_control', noCachePoints],
])

/** Members of Converse's own by which the translation knows what to leave out. */
const extraneous: ReadonlyMap<string, Diagnosis> = new Map([
  ['outputConfig', noSchema],
  ['cachePoint', noCachePoints],
  ['ttl', lacking('cache points of an hour', { cacheTtl: false })],
  ['strict', noStrictTools],
])

const where =
  (pattern: RegExp, diagnosis: Diagnosis): Row =>
  (words) =>
    pattern.test(words) ? [diagnosis] : []

/** A message may list several places: each is answered, since there is but one retry. */
const rows: readonly Row[] = [
  (words) =>
    [...words.matchAll(/\btools(?:\.\d+|\[\d+\])(?:\.custom)?\.(\w{1,40}): Extra inputs are not permitted/gi)].map(
      ([, member = '']) => toolMembers.get(member),
    ),
  (words, sent) =>
    [
      ...words.matchAll(
        /\b(output_config(?:\.effort|\.format)?|context_management|safeguards|thinking(?:\.[a-z_]{1,20})?\.(?:display|block_binding))(?:\.\w{1,40}){0,4}: Extra inputs are not permitted/gi,
      ),
      // The model names the kind of thinking on the way (`thinking.adaptive.display`).
    ].map(([, field = '']) => refusedField(field.replace(/^thinking\..*\.(\w+)$/, 'thinking.$1'), sent)),
  (words, sent) =>
    [...words.matchAll(/(?:#((?:\/\w{1,40}){0,4}): )?extraneous key \[(\w{1,40})\] is not permitted/gi)].map(
      ([, pointer = '', key = '']) => {
        const place = [...pointer.split('/').filter((step) => step !== ''), key].join('.')
        return extraneous.get(key) ?? refusedField(place, sent)
      },
    ),
  (words, sent) => {
    const sentFlags = additionalOf(sent)['anthropic_beta']
    if (!/invalid beta flag/i.test(words) || !Array.isArray(sentFlags)) return []
    const list = sentFlags.join(',')
    return [{ what: `the beta flags ${list}`, lesson: { refusedBetas: [list] } }]
  },
  where(/did not allow prompt caching/i, noCachePoints),
  // We place points by Bedrock's rules: where it complains of a place all the same, its rules are others, for
  // this model or for what this conversation holds.
  where(/Cache point cannot be inserted|There is nothing available to cache/i, { ...noCachePoints, isPassing: true }),
  where(
    /(?:temperature|top_p|top_k)`?.{0,40}is deprecated for this model/i,
    lacking('temperature, top_p or top_k', { sampling: 'none' }),
  ),
  where(
    /temperature.{0,20}top_p.{0,10}cannot both be specified/i,
    lacking('temperature and top_p at once', { sampling: 'one' }),
  ),
  (words) => {
    const type = rejectedThinking(words)
    return type === undefined ? [] : [{ what: `thinking of the type '${type}'`, lesson: { refusedThinking: [type] } }]
  },
  (words) => (isSystemRejected(words) ? [noSystemMessages] : []),
  // boto3#4608, boto3#4648. Citations that the client asked for stay: then nothing changes, and it hears the refusal.
  where(
    /\bcitations? (?:are|is) not (?:supported|available|enabled)|(?:doesn't|does not) support citations/i,
    noCitations,
  ),
  // The pairs were checked before they were sent: where Bedrock misses a result, it means the document beside it.
  (words, sent) =>
    /`?tool_use`? ids were found without `?tool_result`? blocks/i.test(words) && hasDocumentBesideResult(sent)
      ? [noDocumentsBesideResults]
      : [],
  (words, sent) =>
    [...words.matchAll(/additional field ([\w./]{1,64}) conflicts/gi)].map(([, field = '']) => {
      const place = field.replaceAll('/', '.')
      return wasSent(sent, place) ? refusing(`the additional field ${publicName(place)}`, place) : undefined
    }),
]

/** Asked where no other row knows: many refusals speak of the choice, and few are about our channel for it. */
const toolChoice: Row = (words, sent) => {
  const choice = additionalOf(sent)['tool_choice'] as { type?: unknown } | undefined
  if (choice === undefined || !/tool_choice/i.test(words)) return []
  return choice.type === 'none'
    ? [lacking('being kept from its tools', { toolChoiceNone: false })]
    : [refusing('a limit to one tool at a time', 'tool_choice')]
}

/** Only what was refused as it stood; 403 is what a missing right to cache comes with. */
const isRefusal = ({ type }: NexusError): boolean => type === 'invalid_request_error' || type === 'permission_error'

/** What to leave out; empty where the words do not say. */
export const diagnose = (error: NexusError, sent: ConverseRequest): readonly Diagnosis[] => {
  if (!isRefusal(error)) return []
  const readBy = (asked: readonly Row[]): Diagnosis[] =>
    asked.flatMap((row) => row(error.upstreamWords, sent)).filter((diagnosis) => diagnosis !== undefined)
  const specific = readBy(rows)
  const found = specific.length > 0 ? specific : readBy([toolChoice])
  return [...new Map(found.map((diagnosis) => [diagnosis.what, diagnosis])).values()]
}
