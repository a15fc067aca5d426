/** One part of the user's last turn. */
export type TurnPart = { readonly text: string } | { readonly toolResult: string }

export interface OfferedTool {
  readonly name: string
  /** JSON Schema of its input. */
  readonly schema: unknown
}

/** A request of any protocol, in the form that scenarios and the echo read. */
export interface RequestView {
  readonly modelId: string
  readonly isStream: boolean
  /** The user's last turn, in order. */
  readonly lastTurn: readonly TurnPart[]
  /** Number of the model's turns in the conversation. */
  readonly assistantTurns: number
  /** The texts of all messages, in order. */
  readonly texts: readonly string[]
  readonly tools: readonly OfferedTool[]
  /** The tool that must be called: its name, or `true` for any. */
  readonly forcedTool: string | true | undefined
  /** JSON Schema of the answer. */
  readonly answerSchema: unknown
  /** Whether the model thinks, and whether the thinking is shown. */
  readonly thinking: 'none' | 'shown' | 'omitted'
}

/** The last text of the last turn. */
export const lastTextOf = ({ lastTurn }: Pick<RequestView, 'lastTurn'>): string => {
  const last = lastTurn.findLast((part) => 'text' in part)
  return last === undefined ? '' : last.text
}

/** The texts of the last turn's tool results, one per line. */
export const resultTextOf = ({ lastTurn }: Pick<RequestView, 'lastTurn'>): string =>
  lastTurn.flatMap((part) => ('toolResult' in part ? [part.toolResult] : [])).join('\n')
