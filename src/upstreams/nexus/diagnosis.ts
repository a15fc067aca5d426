import type { Learned } from '../../translate/learned.ts'
import type { ModelCapabilities } from '../../translate/model-capabilities.ts'
import type { ConverseRequest } from '../../wire/converse/request.ts'
import type { NexusError } from './errors.ts'

/**
 * What a refusal says of the model, where it says what to leave out. Source: the texts that Bedrock was
 * seen to refuse with. Whatever is not in this table is the client's to hear.
 */
export interface Diagnosis {
  readonly lesson: Partial<Learned>
  /** What the model does not take, in words that a user understands. */
  readonly what: string
}

interface Row {
  readonly words: RegExp
  readonly diagnose: (found: RegExpExecArray, sent: ConverseRequest) => Diagnosis | undefined
}

const lacking = (what: string, capabilities: Partial<ModelCapabilities>): Diagnosis => ({
  what,
  lesson: { capabilities },
})
const refusing = (what: string, field: string): Diagnosis => ({ what, lesson: { refusedFields: [field] } })

const noCachePoints = lacking('cache points', { cachePoints: false })
const noStrictTools = lacking('strict tools', { strictTools: false })
const noSchema = lacking('a schema for its answers', { structuredOutput: false })
const noEffort = lacking('an effort setting', { effort: [] })
const noSystemMessages = lacking('system messages in mid-conversation', { systemMessages: false })

const additionalOf = (sent: ConverseRequest): Readonly<Record<string, unknown>> =>
  sent.additionalModelRequestFields ?? {}

const sentBetas = (sent: ConverseRequest): string | undefined => {
  const flags = additionalOf(sent)['anthropic_beta']
  return Array.isArray(flags) ? flags.join(',') : undefined
}

/** Fields that go with a beta flag take it along: the flag alone would be for nothing. */
const flagOf: Readonly<Record<string, string>> = {
  context_management: 'context-management-2025-06-27',
  safeguards: 'dangerous-tool-use-2026-09-03',
}

const refusedField = (field: string): Diagnosis => {
  switch (field) {
    case 'output_config':
    case 'output_config.effort':
      return noEffort
    case 'output_config.format':
      return noSchema
    default: {
      const flag = Object.hasOwn(flagOf, field) ? flagOf[field] : undefined
      return { what: field, lesson: { refusedFields: [field], ...(flag !== undefined && { refusedBetas: [flag] }) } }
    }
  }
}

/** Members of Converse's own by which the translation knows what to leave out. */
const extraneous: Readonly<Record<string, Diagnosis>> = {
  outputConfig: noSchema,
  cachePoint: noCachePoints,
  ttl: lacking('cache points of an hour', { cacheTtl: false }),
  strict: noStrictTools,
}

const rows: readonly Row[] = [
  {
    words: /\btools(?:\.\d+|\[\d+\])(?:\.custom)?\.(\w+): Extra inputs are not permitted/i,
    diagnose: ([, member]) =>
      member === 'strict' ? noStrictTools : member === 'cache_control' ? noCachePoints : undefined,
  },
  {
    words:
      /\b(output_config(?:\.effort|\.format)?|context_management|safeguards|thinking(?:\.[a-z_]+)?\.(?:display|block_binding))(?:\.\w+)*: Extra inputs are not permitted/i,
    // The model names the kind of thinking on the way (`thinking.adaptive.display`).
    diagnose: ([, field = '']) => refusedField(field.replace(/^thinking\..*\.(\w+)$/, 'thinking.$1')),
  },
  {
    words: /extraneous key \[(\w+)\] is not permitted/i,
    diagnose: ([, key = ''], sent) =>
      Object.hasOwn(extraneous, key) ? extraneous[key] : key in additionalOf(sent) ? refusedField(key) : undefined,
  },
  {
    words: /invalid beta flag/i,
    diagnose(_found, sent) {
      const flags = sentBetas(sent)
      return flags === undefined ? undefined : { what: `the beta flags ${flags}`, lesson: { refusedBetas: [flags] } }
    },
  },
  {
    words: /did not allow prompt caching|Cache point cannot be inserted|There is nothing available to cache/i,
    diagnose: () => noCachePoints,
  },
  {
    words: /`?(?:temperature|top_p|top_k)`?.{0,40}is deprecated for this model/i,
    diagnose: () => lacking('temperature, top_p or top_k', { sampling: 'none' }),
  },
  {
    words: /temperature.{0,20}top_p.{0,10}cannot both be specified/i,
    diagnose: () => lacking('temperature and top_p at once', { sampling: 'one' }),
  },
  {
    words: /thinking\.type[^a-z]{1,8}(enabled|adaptive)[\s\S]*?not supported|\b(adaptive) thinking is not supported/i,
    diagnose([, quoted, named]) {
      const refused = (quoted ?? named ?? '').toLowerCase()
      const other = refused === 'enabled' ? 'adaptive' : 'enabled'
      return lacking(`thinking of the type '${refused}'`, { thinking: [other] })
    },
  },
  {
    words: /role 'system' is not supported|Unexpected role "system"|enum value set: \[user, assistant\]/i,
    diagnose: () => noSystemMessages,
  },
  {
    words: /additional field ([\w./]+) conflicts/i,
    diagnose: ([, field = '']) => refusing(`the additional field ${field}`, field.replaceAll('/', '.')),
  },
  {
    words: /tool_choice/i,
    diagnose(_found, sent) {
      const choice = additionalOf(sent)['tool_choice'] as { type?: unknown } | undefined
      if (choice === undefined) return undefined
      return choice.type === 'none'
        ? lacking('being kept from its tools', { toolChoiceNone: false })
        : refusing('a limit to one tool at a time', 'tool_choice')
    },
  },
]

/** Only what was refused as it stood; 403 is what a missing right to cache comes with. */
const isRefusal = ({ type }: NexusError): boolean => type === 'invalid_request_error' || type === 'permission_error'

/** Undefined where the words do not say what to leave out. */
export const diagnose = (error: NexusError, sent: ConverseRequest): Diagnosis | undefined => {
  if (!isRefusal(error)) return undefined
  for (const { words, diagnose: read } of rows) {
    const found = words.exec(error.upstreamWords)
    const diagnosis = found === null ? undefined : read(found, sent)
    if (diagnosis !== undefined) return diagnosis
  }
  return undefined
}
