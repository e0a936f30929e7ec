export function fingerprint(_value: unknown): string | undefined {
  return undefined;
}
