// Who is calling.

/** A caller that has shown a key or a token. */
export interface Caller {
  readonly tenant: string;
  /** Name of the key, or `oidc:` and the token's subject: for limits and logs. */
  readonly key: string;
}

/** Finds out who is calling. */
export interface Access {
  /** @throws BatonError `ESC_KEY_UNKNOWN`, `ESC_IDENTITY_PROVIDER_UNAVAILABLE` */
  tenant(authorization: string | undefined): Promise<Caller>;
  /** The name of an operator's key. @throws BatonError `ESC_KEY_UNKNOWN` */
  operator(authorization: string | undefined): string;
  /** Closes connections to identity providers. */
  close(): Promise<void>;
}
