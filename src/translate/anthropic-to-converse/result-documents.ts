import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock, Document, ToolResultContent } from '../../wire/converse/content.ts'
import { addCachePoint } from './cache-markers.ts'
import type { MarkedContentBlock, TranslationContext, Turn } from './context.ts'
import { isCited, isPdf, type Part, wordsOf } from './parts.ts'
import { reorder } from './repair.ts'

/**
 * Documents and images in a turn with tool results. Next to a result, Claude on Converse accepts text, images and PDFs;
 * for any other document, Bedrock reports that the result is missing (pydantic-ai#6098). Inside a result, documents
 * cannot have citations (boto3#4648), without which the model does not see a PDF's pages. Some models accept no images
 * inside a result (opencode#49443).
 */

type MarkedResult = MarkedContentBlock & { readonly block: Extract<ContentBlock, { toolResult: unknown }> }

const isResult = (unit: MarkedContentBlock): unit is MarkedResult => 'toolResult' in unit.block

const noTurns: readonly Turn[] = []

/** The turns with results. The results are first: see `pairToolResults`. */
const turnsWithResults = (turns: readonly Turn[], { blockKinds }: TranslationContext): readonly Turn[] => {
  if (!(blockKinds.documents || blockKinds.images) || !blockKinds.toolResults) return noTurns
  return turns.filter(({ units: [first] }) => first !== undefined && isResult(first))
}

const withContent = (
  unit: MarkedResult,
  content: MarkedResult['block']['toolResult']['content'],
): MarkedContentBlock => ({
  ...unit,
  block: { toolResult: { ...unit.block.toolResult, content } },
})

/** Anthropic's recommended form for documents in a prompt. */
const asText = (document: Document, { documentNames }: TranslationContext): string => {
  const { title = '' } = documentNames.find(document.name)
  const { context } = document
  return [
    '<document>',
    ...(isBlank(title) ? [] : [`<source>${title}</source>`]),
    ...(context === undefined ? [] : [`<document_context>${context}</document_context>`]),
    `<document_content>\n${wordsOf(document)}\n</document_content>`,
    '</document>',
  ].join('\n')
}

const spellOut = <Kind extends Part>(
  part: Kind,
  path: MarkedContentBlock['path'],
  translation: TranslationContext,
): Kind | { text: string } => {
  if (!('document' in part) || isPdf(part.document)) return part
  const { document } = part
  const reason = isCited(document) ? ': no citations there' : ''
  translation.notes.changed(path, `a text document next to a tool result: sent as text${reason}`)
  return { text: asText(document, translation) }
}

/** Replaces text documents in and next to tool results with texts. */
export const spellOutDocuments = (turns: readonly Turn[], translation: TranslationContext): void => {
  for (const turn of turnsWithResults(turns, translation)) {
    turn.units = turn.units.map((unit) => {
      if (!isResult(unit)) return { ...unit, block: spellOut(unit.block, unit.path, translation) }
      const { content } = unit.block.toolResult
      return withContent(
        unit,
        content.map((part, index) => spellOut(part, unit.partPaths?.[index] ?? unit.path, translation)),
      )
    })
  }
}

/** The text in place of a part that may not be in a result; undefined for any other part. */
const noticeFor = (part: ToolResultContent, { model }: TranslationContext): string | undefined => {
  if ('document' in part && isCited(part.document)) {
    return `[The document "${part.document.name}" follows the tool results.]`
  }
  return 'image' in part && !model.imagesInResults ? '[The image follows the tool results.]' : undefined
}

/** Moves parts out of a result to `moved`. A line of text replaces each of them. */
const detach = (
  unit: MarkedResult,
  moved: MarkedContentBlock[],
  translation: TranslationContext,
): MarkedContentBlock => {
  const count = moved.length
  const content = unit.block.toolResult.content.map((part, index) => {
    const text = noticeFor(part, translation)
    if (text === undefined) return part
    // Both kinds of parts are also blocks of a message.
    moved.push({ block: part as ContentBlock, path: unit.partPaths?.[index] ?? unit.path })
    return { text }
  })
  const last = moved.at(-1)
  if (moved.length === count || last === undefined) return unit
  // Keeps the cache marker after the result's content.
  const { cachePoint, ...detached } = unit
  if (cachePoint !== undefined) last.cachePoint = cachePoint
  return withContent(detached, content)
}

/** Moves parts that may not be in results out of them, to the position after the results of their turn. */
export const moveOutOfResults = (turns: readonly Turn[], translation: TranslationContext): void => {
  for (const turn of turnsWithResults(turns, translation)) {
    const moved: MarkedContentBlock[] = []
    const results = turn.units.filter(isResult).map((unit) => detach(unit, moved, translation))
    if (moved.length > 0) reorder(turn, [...results, ...moved, ...turn.units.filter((unit) => !isResult(unit))])
  }
}

/** For a model that accepts no documents next to results: moves those without citations into the last result. */
export const nestDocuments = (turns: readonly Turn[], translation: TranslationContext): void => {
  if (translation.model.documentsBesideResults) return
  for (const turn of turnsWithResults(turns, translation)) {
    const last = turn.units.findLastIndex(isResult)
    const result = turn.units[last] as MarkedResult
    const nested = { ...result, partPaths: [...(result.partPaths ?? [])] }
    const content = [...result.block.toolResult.content]
    const kept = turn.units.filter(({ block, path, cachePoint }) => {
      if (!('document' in block) || isCited(block.document)) return true
      content.push(block)
      nested.partPaths.push(path)
      if (cachePoint !== undefined) addCachePoint(nested, cachePoint)
      return false
    })
    if (kept.length === turn.units.length) continue
    reorder(turn, kept.with(last, withContent(nested, content)))
  }
}
