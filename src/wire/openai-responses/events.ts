import type { OutputItem, SummaryPart, TextPart, UrlCitation } from './output-items.ts'
import type { ResponseObject } from './response.ts'

/**
 * The events of a streamed answer, without `sequence_number`, which each gets when it is written. Their grammar:
 * `response.created`, `response.in_progress`, then items with contiguous indices, one open at a time in addition to
 * running web searches, then exactly one of `response.completed`, `response.incomplete` and `response.failed`.
 * `keepalive` may occur anywhere after the first event.
 */

interface InItem {
  readonly item_id: string
  readonly output_index: number
}

interface InContent extends InItem {
  readonly content_index: number
}

interface InSummary extends InItem {
  readonly summary_index: number
}

type WithDelta<Type extends string, Place> = Place & { readonly type: Type; readonly delta: string }

/** The events of an item between its first and its last. */
type InnerEvent =
  | (InContent & {
      readonly type: 'response.content_part.added' | 'response.content_part.done'
      readonly part: TextPart
    })
  | (WithDelta<'response.output_text.delta', InContent> & { readonly logprobs: readonly never[] })
  | (InContent & {
      readonly type: 'response.output_text.annotation.added'
      readonly annotation_index: number
      readonly annotation: UrlCitation
    })
  | (InContent & {
      readonly type: 'response.output_text.done'
      readonly text: string
      readonly logprobs: readonly never[]
    })
  | (InSummary & {
      readonly type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done'
      readonly part: SummaryPart
    })
  | WithDelta<'response.reasoning_summary_text.delta', InSummary>
  | (InSummary & { readonly type: 'response.reasoning_summary_text.done'; readonly text: string })
  | WithDelta<'response.function_call_arguments.delta', InItem>
  | (InItem & { readonly type: 'response.function_call_arguments.done'; readonly arguments: string })
  | WithDelta<'response.custom_tool_call_input.delta', InItem>
  | (InItem & { readonly type: 'response.custom_tool_call_input.done'; readonly input: string })
  | (InItem & {
      readonly type:
        | 'response.web_search_call.in_progress'
        | 'response.web_search_call.searching'
        | 'response.web_search_call.completed'
    })

interface ItemEvent {
  readonly type: 'response.output_item.added' | 'response.output_item.done'
  readonly output_index: number
  readonly item: OutputItem
}

/** The last event of a stream. */
interface FinalEvent {
  readonly type: 'response.completed' | 'response.incomplete' | 'response.failed'
  readonly response: ResponseObject
}

export type ResponseEvent =
  | { readonly type: 'response.created' | 'response.in_progress'; readonly response: ResponseObject }
  | ItemEvent
  | InnerEvent
  | FinalEvent
  | { readonly type: 'keepalive' }
