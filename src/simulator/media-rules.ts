import type { ContentBlock, Document, Image, SearchResult } from '../wire/converse/content.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import { byModel, firstOf, isBlank, type Refusal, type Rule } from './rule.ts'

/** Bedrock's rules for documents and images. */

const maximumMedia = 20
const maximumDocumentsPerMessage = 5
const maximumImageBytes = 3.75 * 1024 * 1024
const maximumDocumentBytes = 4.5 * 1024 * 1024
const validName = /^(?!.*\s{2})[A-Za-z0-9 ()[\]-]+$/

/** Blocks, and the parts of tool results. */
const partsOf = (blocks: readonly ContentBlock[]): object[] =>
  blocks.flatMap((block): object[] => ('toolResult' in block ? block.toolResult.content : [block]))
const allParts = ({ messages }: ConverseRequest): object[] => messages.flatMap(({ content }) => partsOf(content))

const bytesOf = (base64: string): number => Math.floor((base64.length * 3) / 4)
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

const documentsIn = (parts: readonly object[]): Document[] =>
  parts.flatMap((part) => ('document' in part ? [part.document as Document] : []))
const imagesIn = (parts: readonly object[]): Image[] =>
  parts.flatMap((part) => ('image' in part ? [part.image as Image] : []))
const searchResultsIn = (parts: readonly object[]): SearchResult[] =>
  parts.flatMap((part) => ('searchResult' in part ? [part.searchResult as SearchResult] : []))

const documentNames: Rule = ({ body }) => {
  const names = documentsIn(allParts(body)).map(({ name }) => name)
  const invalid = names.find((name) => !validName.test(name))
  if (invalid !== undefined) {
    return "The document name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character."
  }
  return new Set(names.map((name) => name.toLowerCase())).size < names.length
    ? "Messages can't contain duplicate document names. Rename the document and retry your request."
    : undefined
}

const accompanied: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ content }, index) => {
    const documents = documentsIn(partsOf(content))
    if (documents.length > maximumDocumentsPerMessage)
      return `messages.${index} contains more than ${maximumDocumentsPerMessage} documents.`
    return content.some((block) => 'document' in block) && !content.some((block) => 'text' in block)
      ? `A text block must be included in messages.${index} when using documents.`
      : undefined
  })

const isCited = ({ citations }: Pick<Document, 'citations'>): boolean => citations?.enabled === true

const citations: Rule = ({ body, model }) => {
  const documents = documentsIn(allParts(body))
  const cited = documents.filter(isCited)
  const results = searchResultsIn(allParts(body))
  if ([...documents, ...results].some(isCited) && model.citations === false)
    return "This model doesn't support citations."
  const isInResult = body.messages.some(({ content }) =>
    content.some((block) => 'toolResult' in block && documentsIn(block.toolResult.content).some(isCited)),
  )
  if (isInResult) return 'Citations are not supported in tool result documents.'
  if ([...cited, ...results].some(isCited) && body.outputConfig?.textFormat !== undefined)
    return byModel('citations cannot be used with structured output')
  if (cited.some(({ format = 'txt' }) => format !== 'pdf' && format !== 'txt')) {
    return 'Unsupported document format. Only txt and pdf formats are supported when citations are enabled.'
  }
  if (results.some(isCited) && !results.every(isCited))
    return byModel('Citations must be enabled on all search results or none.')
  return cited.length > 0 && cited.length < documents.length
    ? byModel('Citations must be enabled on all documents or none.')
    : undefined
}

/**
 * With citations, Bedrock reads a text's bytes as a PDF; it accepts a text source only with citations. The first
 * message is Bedrock's own, the wording of the second is unknown.
 */
const citedSources: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ content }, index) =>
    firstOf(content, (block, position) => {
      if (!('document' in block)) return undefined
      const { format = 'txt', source } = block.document
      const path = `messages.${index}.content.${position}`
      if (isCited(block.document)) {
        const isMisread = format !== 'pdf' && 'bytes' in source
        return isMisread ? byModel(`${path}.image.source.bytes: The PDF specified was not valid.`) : undefined
      }
      return 'bytes' in source ? undefined : `The document source at ${path} requires citations to be enabled.`
    }),
  )

/** Next to a tool result, Claude accepts text, images and PDFs. For any other block it reports a missing result. */
const besideResults: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ content }, index) => {
    const results = content.flatMap((block) => ('toolResult' in block ? [block.toolResult.toolUseId] : []))
    const isOther = documentsIn(content).some(({ format }) => format !== 'pdf')
    return results.length > 0 && isOther
      ? byModel(
          `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${results.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
        )
      : undefined
  })

const documentRefusal = ({ format, source, context }: Document): Refusal | undefined => {
  if (context !== undefined && isBlank(context)) return 'The context of a document is blank.'
  if ('text' in source) return isBlank(source.text) ? 'The text of a document is blank.' : undefined
  if ('content' in source) {
    const isEmpty = source.content.length === 0 || source.content.some(({ text }) => isBlank(text))
    return isEmpty ? 'The content of a document is blank.' : undefined
  }
  if (!base64.test(source.bytes)) return 'The base64 of a document is not valid.'
  if (bytesOf(source.bytes) > maximumDocumentBytes) return byModel('document exceeds 4.5 MB maximum')
  return format === 'pdf' && !source.bytes.startsWith('JVBERi') ? byModel('The PDF specified was not valid') : undefined
}

const documents: Rule = ({ body }) => firstOf(documentsIn(allParts(body)), documentRefusal)

const searchResults: Rule = ({ body }) =>
  firstOf(searchResultsIn(allParts(body)), ({ content }) =>
    content.length === 0 || content.some(({ text }) => isBlank(text))
      ? byModel('search_result content cannot be blank')
      : undefined,
  )

const count: Rule = ({ body }) => {
  const parts = allParts(body)
  const images = imagesIn(parts).length
  const documents = documentsIn(parts).length
  return images + documents > maximumMedia
    ? byModel(`too many images and documents: ${images} + ${documents} > ${maximumMedia}`)
    : undefined
}

/** Bedrock names the turn that contains the result, not the result. */
const imagesInResults: Rule = ({ body: { messages }, model }) => {
  if (model.imagesInResults !== false) return undefined
  const results = messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolResult' in block ? block.toolResult.content : [])),
  )
  return imagesIn(results).length > 0
    ? "This model doesn't support the image field for user messages. Remove image and try again."
    : undefined
}

const magic: Readonly<Record<Image['format'], RegExp>> = {
  png: /^iVBORw0KGgo/,
  jpeg: /^\/9j\//,
  gif: /^R0lGOD/,
  webp: /^UklGR/,
}

const imageRefusal = ({ format, source }: Image): Refusal | undefined => {
  if (!base64.test(source.bytes)) return 'The base64 of an image is not valid.'
  if (bytesOf(source.bytes) > maximumImageBytes) {
    return byModel(`image exceeds 3.75 MB maximum: ${bytesOf(source.bytes)} bytes > ${maximumImageBytes} bytes`)
  }
  return magic[format].test(source.bytes)
    ? undefined
    : byModel(`Image does not match the provided media type image/${format}`)
}

const images: Rule = ({ body }) => firstOf(imagesIn(allParts(body)), imageRefusal)

export const mediaRules: readonly Rule[] = [
  documentNames,
  accompanied,
  documents,
  searchResults,
  citations,
  citedSources,
  besideResults,
  count,
  imagesInResults,
  images,
]
