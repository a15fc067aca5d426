import { parseArgs } from 'node:util'
import { flagsOf, optionsOf, positionalsOf } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import { splitArguments } from '../../parse/pass-through.ts'
import { findCommand } from '../help.ts'
import {
  type Candidates,
  type Completions,
  commandCandidates,
  flagValues,
  memberCandidates,
  positionalValues,
} from './candidates.ts'

/** Computes the candidates that a shell shows when the user presses Tab. */

/** Candidates, and the part of the current word that they complete. */
interface Proposal {
  readonly candidates: Candidates
  readonly begun: string
}

/** The flags and arguments before the current word. */
const readWords = (command: Command, words: readonly string[]) => {
  const options = optionsOf(command.args)
  const { own, rest } = splitArguments(command, words)
  const isPassed = command.rest?.passThrough !== undefined && rest.length > 0
  const { tokens } = parseArgs({
    args: [...(isPassed ? own : words)],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
  const last = tokens.at(-1)
  const isOpen = last?.kind === 'option' && last.value === undefined && options[last.name]?.type === 'string'
  return {
    given,
    positionals: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    isPassedOn: isPassed || tokens.some(({ kind }) => kind === 'option-terminator'),
    /** The flag that still needs its value. */
    open: isOpen ? last.name : undefined,
  }
}

const flagCandidates = ({ args }: Command, given: readonly string[]): Candidates =>
  flagsOf(args)
    .filter(([name]) => !given.includes(name))
    .map(([name, { description = '' }]) => ({ value: `--${name}`, description }))

const proposeFor = (command: Command, words: readonly string[], word: string, completions: Completions): Proposal => {
  const { given, positionals, isPassedOn, open } = readWords(command, words)
  // We cannot complete arguments of another program: the shell proposes files.
  if (isPassedOn && command.rest !== undefined) return { candidates: 'files', begun: word }
  const flag = open === undefined ? undefined : command.args[open]
  if (open !== undefined && flag !== undefined)
    return { candidates: flagValues([open, flag], completions), begun: word }
  const [, name, begun = ''] = /^--([^=]+)=(.*)$/s.exec(word) ?? []
  if (name !== undefined && !isPassedOn) {
    const named = command.args[name]
    return {
      candidates: named === undefined || named.type === 'boolean' ? [] : flagValues([name, named], completions),
      begun,
    }
  }
  const beginsRest = command.rest?.passThrough !== undefined && /^[^-]/.test(word)
  if (beginsRest) return { candidates: 'files', begun: word }
  const wanted = positionalsOf(command.args)
  const next = wanted[positionals.length]
  const earlier = Object.fromEntries(wanted.map(([key], index) => [key, positionals[index]]))
  const isFlagWanted = word.startsWith('-') || (next === undefined && word === '')
  if (isFlagWanted && !isPassedOn) return { candidates: flagCandidates(command, given), begun: word }
  return { candidates: next === undefined ? [] : positionalValues(next, earlier, completions), begun: word }
}

const propose = (words: readonly string[], word: string, completions: Completions): Proposal => {
  const { catalogue } = completions
  const [first] = words
  const isNamed = first !== undefined && !first.startsWith('-')
  if (isNamed) {
    const found = findCommand(words, catalogue)
    if (found.kind === 'group') return { candidates: memberCandidates(found.group.name, catalogue), begun: word }
    const proposal = proposeFor(found.command, words.slice(found.words), word, completions)
    const members = words.length === 1 && !word.startsWith('-') ? memberCandidates(first, catalogue) : []
    return members.length === 0 || proposal.candidates === 'files'
      ? proposal
      : { candidates: [...members, ...proposal.candidates], begun: word }
  }
  if (first === undefined && !word.startsWith('-')) return { candidates: commandCandidates(catalogue), begun: word }
  return proposeFor(catalogue.defaultCommand, words, word, completions)
}

/** The directives that we use, of those that the scripts understand. */
export const directive = { files: 0, noFiles: 4 } as const

/** Only the part before the first semicolon, colon or parenthesis fits on a line. */
const brief = (description: string): string => /^[^;:(]*/.exec(description.replace(/\s+/g, ' '))?.[0].trim() ?? ''

/**
 * `words` are the words after the program's name; the last one is the current word, and may be empty. Returns a line
 * for each candidate, with a tab before its description, and the directive. Throws UsageError if the words name no
 * command.
 */
export const answerFor = (words: readonly string[], completions: Completions): string => {
  const { candidates, begun } = propose(words.slice(0, -1), words.at(-1) ?? '', completions)
  if (candidates === 'files') return `:${directive.files}\n`
  const lines = candidates
    .filter(({ value }) => value.startsWith(begun))
    .map(({ value, description }) => (description === undefined ? value : `${value}\t${brief(description)}`))
  return [...lines, `:${directive.noFiles}`, ''].join('\n')
}
