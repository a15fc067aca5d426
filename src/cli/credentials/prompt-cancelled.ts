/** The user cancelled a prompt, which is not an error. */
export class PromptCancelled extends Error {
  override readonly name = 'PromptCancelled'
}
