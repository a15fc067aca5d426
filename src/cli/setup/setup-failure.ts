/** Setup cannot do now what would be possible later: exit code 1. The message has a remedy. */
export class SetupFailure extends Error {
  override readonly name = 'SetupFailure'
}
