/** A person was asked something and left without an answer: no fault, and nothing to explain. */
export class PromptCancelled extends Error {
  override readonly name = 'PromptCancelled'
}
