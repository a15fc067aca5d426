import { streamedAnswer, wholeAnswer } from '../../e2e/cases/answers.ts'
import { matrixModels, type Row, withChecks } from '../row.ts'

/** One question, one answer. */

/** The name that Nexus has for a model: `claude-sonnet-4.6`. */
const idOf = (model: string): string => model.replace(/-(\d+)$/, '.$1')

const questionChecks = [
  'the question is in the last turn of one streamed request',
  "the request goes to Nexus's name of the model",
]

export const answerRows: readonly Row[] = [
  {
    id: 'basic_messaging_non_streaming',
    name: 'Basic messaging, whole',
    group: 'published',
    what: 'Asks one question with `claude -p --output-format json`: the answer is the result.',
    cases: () => matrixModels.map((model) => withChecks(wholeAnswer(model, idOf(model)), ...questionChecks)),
  },
  {
    id: 'basic_messaging_streaming',
    name: 'Basic messaging, streaming',
    group: 'published',
    what: 'Asks one question with partial messages: the text deltas are in order, and the stream ends with one `message_stop`.',
    cases: () => matrixModels.map((model) => withChecks(streamedAnswer(model, idOf(model)), ...questionChecks)),
  },
]
