import { Type } from '@sinclair/typebox'
import { Open } from '../schema.ts'

/**
 * Schemas of a response's blocks. Every member present must have its type, because the translation relies on it.
 * Figures and reasons are optional and checked where they are read.
 */

const Text = Type.Optional(Type.String())
const Place = Type.Optional(Open({}))
const Texts = Type.Optional(Type.Array(Open({ text: Text })))

const CitationShape = Open({
  title: Text,
  source: Text,
  sourceContent: Texts,
  location: Type.Optional(
    Open({ documentChar: Place, documentPage: Place, documentChunk: Place, searchResultLocation: Place, web: Place }),
  ),
})

const ToolUseShape = Open({ toolUseId: Type.String(), name: Type.String(), type: Text })

export const BlockStartShape = Open({ start: Type.Optional(Open({ toolUse: Type.Optional(ToolUseShape) })) })

export const BlockDeltaShape = Open({
  delta: Type.Optional(
    Open({
      text: Text,
      toolUse: Type.Optional(Open({ input: Text })),
      reasoningContent: Type.Optional(Open({ text: Text, signature: Text, redactedContent: Text })),
      citation: Type.Optional(CitationShape),
    }),
  ),
})

export const OutputBlockShape = Open({
  text: Text,
  citationsContent: Type.Optional(Open({ content: Texts, citations: Type.Optional(Type.Array(CitationShape)) })),
  reasoningContent: Type.Optional(
    Open({ reasoningText: Type.Optional(Open({ text: Text, signature: Text })), redactedContent: Text }),
  ),
  toolUse: Type.Optional(ToolUseShape),
})
