import type { StopDetails } from '../../wire/anthropic/response.ts'

/** What the user reads when the model refuses and gives no reason. */
const noReason = 'The model refused to answer this request.'

export const refusalWords = (details: StopDetails | null): string => details?.explanation || noReason
