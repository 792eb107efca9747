import { css } from 'lit';

/** What the page's dialogs have in common. */
export const dialogStyles = css`
  dialog {
    width: min(620px, calc(100vw - 24px));
    max-height: calc(100dvh - 20px);
    padding: 0;
    border: 1px solid var(--line-strong);
    border-radius: 10px;
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 18px 60px rgb(0 0 0 / 45%);
  }

  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }

  .body {
    padding: 12px 18px 18px;
  }

  .head {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
  }

  h2 {
    margin: 0;
    font-size: 15px;
  }

  h3 {
    margin: 18px 0 8px;
    color: var(--text-quiet);
    font-size: var(--size-small);
    font-weight: 600;
    letter-spacing: 0.04em;
  }

  p {
    margin: 6px 0;
  }

  .quiet {
    color: var(--text-quiet);
  }

  .close {
    justify-content: center;
    width: var(--control);
    padding: 0;
  }
`;
