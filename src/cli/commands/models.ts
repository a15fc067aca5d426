import type { ArgsDef } from 'citty'
import { didYouMean } from '../../base/did-you-mean.ts'
import { isLoggableModel } from '../../base/loggable-name.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Model } from '../../models/model.ts'
import { createModelResolver, type ModelResolver } from '../../models/resolver.ts'
import { modelsOf } from '../../upstreams/registry.ts'
import { productName } from '../../version.ts'
import { readModels } from '../config/set-up.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { labelled, usualColumns, wrap } from '../terminal/wrap.ts'

/** A model as `--json` tells it. Scripts rely on the names. */
interface ModelEntry
  extends Pick<Model, 'displayName' | 'description' | 'family' | 'maxInputTokens' | 'maxOutputTokens'> {
  /** The name that was asked about, where one was. */
  readonly asked?: string
  /** As Claude Code spells it. */
  readonly id: string
  /** What AI Nexus is asked for. */
  readonly nexusId: string
  /** By which a client may ask; any other name of the family will do as well. */
  readonly spellings: readonly string[]
  /** By the configuration. */
  readonly isMain: boolean
  readonly isSmall: boolean
}

/** A key is longer than the names of models that people type. */
const longestShown = 20

/** What may be a key in the wrong place is not shown. */
const shownName = (name: string): string =>
  name.length <= longestShown && isLoggableModel(name) ? ` ${name}` : printableName(name)

/** Throws UsageError where no model answers to the name. */
const findModel = ({ models, find, spellings, spellingsOf }: ModelResolver, name: string): Model => {
  const found = find(name)
  if (found !== undefined) return found.model
  const known = `Known: ${spellings.join(', ')}.`
  if (name.trim() === '') throw new UsageError(`The name of the model is empty. ${known}`)
  const nearest = didYouMean(name, models.flatMap(spellingsOf))
  throw new UsageError(`The model${shownName(name)} is not known.${nearest} ${known}`)
}

const listModels = async ({ flags, positionals: { name } }: ParsedArguments, io: Io) => {
  const { loaded, model: main, smallModel: small } = await readModels(flags, io, [])
  const resolver = createModelResolver(modelsOf(loaded.config.upstream), main.model.id)
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
      isMain: model === main.model,
      isSmall: model === small.model,
    }
  }
  const wanted = name === undefined ? resolver.models : [findModel(resolver, name)]
  return { entries: wanted.map(toEntry), warnings: loaded.warnings }
}

/** Where a row's text begins. */
const textColumn = 14
const indent = '  '

const row = (title: string, text: string, columns: number): string => labelled(title, text, textColumn, columns)

const tokens = (count: number): string => `${count.toLocaleString('en-US')} tokens`

const rolesOf = ({ isMain, isSmall }: ModelEntry): string => {
  const roles = [isMain ? 'main' : '', isSmall ? 'small' : ''].filter((role) => role !== '')
  return roles.length === 0 ? '' : ` (the ${roles.join(' and the ')} model)`
}

/** Claude Code's mark for a window of a million tokens; it asks for none with the small family. */
const withLongWindow = ({ id, family }: ModelEntry): string[] => (family === 'haiku' ? [] : [`${id}[1m]`])

const blockOf = (entry: ModelEntry, columns: number): string => {
  const rows: [string, string][] = [
    ...(entry.asked === undefined ? [] : [['asked', entry.asked] as [string, string]]),
    ['ask for', [...entry.spellings, ...withLongWindow(entry)].join(', ')],
    ['Nexus gets', entry.nexusId],
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
  `Any other name of a Claude model gets the one of its family: ${productName} models <name> tells which.`,
  'With [1m] behind a name Claude Code counts with a window of a million tokens.',
  'default is the main model (--model, NEXUS_MODEL, config set model); the launch command makes it the Default of Claude Code as well.',
]

const runModels = async (given: ParsedArguments, io: Io): Promise<undefined> => {
  const { entries, warnings } = await listModels(given, io)
  for (const warning of warnings) printer(io).warn(warning)
  if (given.flags['json'] === true) {
    io.out(`${JSON.stringify(entries, undefined, 2)}\n`)
    return undefined
  }
  const columns = Math.min(io.outColumns, usualColumns)
  io.out(`${entries.map((entry) => blockOf(entry, columns)).join('\n\n')}\n`)
  if (given.positionals['name'] === undefined)
    printer(io).info(`\n${hints.flatMap((hint) => wrap(hint, Math.min(io.columns, usualColumns))).join('\n')}`)
  return undefined
}

/** Asks nobody, and needs no key. Rejects with UsageError for a name that is nobody's. */
export const modelsCommand: Command = {
  name: 'models',
  description: 'List the models: what may be asked for, and what AI Nexus is asked for',
  details: [
    'Needs no key and asks nobody: it tells what this program knows. Which model is the main one and which the small one is a matter of the configuration.',
    'With a name it tells which model answers to it: any spelling of a Claude model will do, and a version that AI Nexus does not have gets the model of its family.',
  ],
  get args(): ArgsDef {
    return {
      name: {
        type: 'positional',
        required: false,
        valueHint: 'model',
        description: 'Name that a client may ask for; all models without it',
      },
      json: { type: 'boolean', description: 'As JSON: a list of models' },
      ...settingFlagsNamed('model', 'small-model'),
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} models`, what: 'All of them' },
    { line: `${productName} models us.anthropic.claude-opus-4-8`, what: 'Which model answers to a name' },
    { line: `${productName} models --json`, what: 'For scripts' },
  ],
  run: runModels,
}
