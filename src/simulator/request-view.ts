/** One part of the user's last turn. */
export type TurnPart = { readonly text: string } | { readonly toolResult: string }

export interface OfferedTool {
  readonly name: string
  /** JSON Schema of its input. */
  readonly schema: unknown
}

/** A request as scenarios and the echo read it, whatever its protocol. */
export interface RequestView {
  readonly modelId: string
  readonly isStream: boolean
  /** The user's last turn, in order. */
  readonly lastTurn: readonly TurnPart[]
  /** How many turns of the model the conversation has. */
  readonly assistantTurns: number
  /** The texts of all messages, in order. */
  readonly texts: readonly string[]
  readonly tools: readonly OfferedTool[]
  /** The tool that must be called: its name, or `true` for any. */
  readonly forcedTool: string | true | undefined
  /** JSON Schema of the answer. */
  readonly answerSchema: unknown
  /** Whether the model thinks, and whether its thoughts are shown. */
  readonly thinking: 'none' | 'shown' | 'omitted'
}

/** The last text of the last turn. */
export const lastTextOf = ({ lastTurn }: Pick<RequestView, 'lastTurn'>): string => {
  const last = lastTurn.findLast((part) => 'text' in part)
  return last === undefined ? '' : last.text
}

/** The texts of the tool results of the last turn, one below the other. */
export const resultTextOf = ({ lastTurn }: Pick<RequestView, 'lastTurn'>): string =>
  lastTurn.flatMap((part) => ('toolResult' in part ? [part.toolResult] : [])).join('\n')
