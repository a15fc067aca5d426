import type { ArgsDef } from 'citty'
import { didYouMean } from '../../base/did-you-mean.ts'
import { isLoggableModel } from '../../base/loggable-name.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf, type ModelResolver } from '../../models/resolver.ts'
import { openAiNamesOf } from '../../upstreams/openai-client-names.ts'
import { modelsOf } from '../../upstreams/registry.ts'
import { productName } from '../../version.ts'
import { readModels } from '../config/set-up.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { modelFlags, settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { labelled, usualColumns, wrap } from '../terminal/wrap.ts'

/** A model in the output of `--json`. Scripts rely on the names. */
interface ModelEntry
  extends Pick<Model, 'displayName' | 'description' | 'family' | 'maxInputTokens' | 'maxOutputTokens'> {
  /** The name in the argument, if there was one. */
  readonly asked?: string
  /** Claude Code's spelling. */
  readonly id: string
  /** The model id in requests to the upstream. */
  readonly nexusId: string
  /** Names that clients may use; any other name of the family works, too. */
  readonly spellings: readonly string[]
  /** Depends on the configuration. */
  readonly isMain: boolean
  readonly isSmall: boolean
}

/** A key is longer than the model names that users type. */
const longestShown = 20

/** Hides a name that may be a key. */
const shownName = (name: string): string =>
  name.length <= longestShown && isLoggableModel(name) ? ` ${name}` : printableName(name)

/** Throws UsageError for an unknown name. */
const findModel = (resolver: ModelResolver, config: Config, name: string): Model => {
  const { models, find, spellings, spellingsOf } = resolver
  const found = find(name) ?? (config.openaiEntrance.enabled ? openAiNamesOf(config, resolver).find(name) : undefined)
  if (found !== undefined) return found.model
  const known = `Available: ${spellings.join(', ')}.`
  if (name.trim() === '') throw new UsageError(`The model name is empty. ${known}`)
  const nearest = didYouMean(name, models.flatMap(spellingsOf))
  throw new UsageError(`Unknown model${shownName(name)}.${nearest} ${known}`)
}

const listModels = async ({ flags, positionals: { name } }: ParsedArguments, io: Io) => {
  const { loaded, model: main, smallModel: small } = await readModels(flags, io, [])
  const resolver = modelsOf(loaded.config, main.model.id)
  const toEntry = (model: Model): ModelEntry => {
    const { id: nexusId, displayName, description, family, maxInputTokens, maxOutputTokens } = model
    const spellings = resolver.spellingsOf(model)
    return {
      ...(name !== undefined && { asked: name }),
      id: spellings[0] ?? nexusId,
      nexusId,
      displayName,
      description,
      family,
      spellings,
      maxInputTokens,
      maxOutputTokens,
      isMain: clientNameOf(model) === clientNameOf(main.model),
      isSmall: clientNameOf(model) === clientNameOf(small.model),
    }
  }
  const wanted = name === undefined ? resolver.models : [findModel(resolver, loaded.config, name)]
  return { entries: wanted.map(toEntry), warnings: loaded.warnings, resolver }
}

/** Column where the text of a row begins. */
const textColumn = 14
const indent = '  '

const row = (title: string, text: string, columns: number): string => labelled(title, text, textColumn, columns)

const tokens = (count: number): string => `${count.toLocaleString('en-US')} tokens`

const rolesOf = ({ isMain, isSmall }: ModelEntry): string => {
  const roles = [isMain ? 'main' : '', isSmall ? 'small' : ''].filter((role) => role !== '')
  return roles.length === 0 ? '' : ` (the ${roles.join(' and the ')} model)`
}

/** Claude Code's suffix for a context window of a million tokens; Claude Code does not use it for the small family. */
const withLongWindow = ({ id, family }: ModelEntry): string[] => (family === 'haiku' ? [] : [`${id}[1m]`])

const blockOf = (entry: ModelEntry, isMapped: boolean, columns: number): string => {
  const rows: [string, string][] = [
    ...(entry.asked === undefined ? [] : [['requested', entry.asked] as [string, string]]),
    ['names', [...entry.spellings, ...withLongWindow(entry)].join(', ')],
    [isMapped ? 'server id' : 'Nexus id', entry.nexusId],
    ['window', tokens(entry.maxInputTokens)],
    ['output', `${tokens(entry.maxOutputTokens)} at most`],
  ]
  return [
    `${entry.displayName}${rolesOf(entry)}`,
    ...wrap(entry.description, columns - indent.length).map((line) => indent + line),
    ...rows.map(([title, text]) => row(title, text, columns)),
  ].join('\n')
}

const hints = [
  `Any other name of a Claude model selects the model of its family: ${productName} models <name> shows which.`,
  'With [1m] after a name, Claude Code assumes a window of a million tokens.',
  'default is the main model (--model, NEXUS_MODEL, config set model); the launch command also makes it the Default of Claude Code.',
]

const mappedHints = [
  `Other names are mapped, too: ${productName} models <name> shows to which model.`,
  'The launch command uses the names of Claude models, because Claude Code knows their windows.',
]

const keptHints = [
  'Names go to Anthropic as clients send them; --model-map replaces some. GET /v1/models of the server lists the models.',
]

const hintsFor = ({ keepsNames, takesAnyName }: ModelResolver): readonly string[] =>
  keepsNames ? keptHints : takesAnyName ? mappedHints : hints

const runModels = async (given: ParsedArguments, io: Io): Promise<undefined> => {
  const { entries, warnings, resolver } = await listModels(given, io)
  for (const warning of warnings) printer(io).warn(warning)
  if (given.flags['json'] === true) {
    io.out(`${JSON.stringify(entries, undefined, 2)}\n`)
    return undefined
  }
  const columns = Math.min(io.outColumns, usualColumns)
  const text = entries.map((entry) => blockOf(entry, resolver.takesAnyName, columns)).join('\n\n')
  if (text !== '') io.out(`${text}\n`)
  if (given.positionals['name'] === undefined) {
    const lines = hintsFor(resolver).flatMap((hint) => wrap(hint, Math.min(io.columns, usualColumns)))
    printer(io).info(`${text === '' ? '' : '\n'}${lines.join('\n')}`)
  }
  return undefined
}

/** Works offline and without a key. Rejects with UsageError for an unknown name. */
export const modelsCommand: Command = {
  name: 'models',
  description: 'List model names and the model of the upstream each maps to',
  details: [
    'Works offline and without a key: the list is part of this program. The configuration selects the main model and the small model.',
    "With a name, prints the model that serves it. Any spelling of a Claude model works; a version that AI Nexus does not have is served by the model of its family. Names of OpenAI's models work for OpenAI clients.",
  ],
  get args(): ArgsDef {
    return {
      name: {
        type: 'positional',
        required: false,
        valueHint: 'model',
        description: 'Model name in a request (default all models)',
      },
      json: { type: 'boolean', description: 'Print a JSON list of models' },
      ...settingFlagsNamed(...modelFlags),
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} models`, what: 'List all models' },
    { line: `${productName} models us.anthropic.claude-opus-4-8`, what: 'Show which model serves a name' },
    { line: `${productName} models gpt-5`, what: 'Show which model serves an OpenAI client' },
    { line: `${productName} models --json`, what: 'Print JSON for a script' },
  ],
  run: runModels,
}
