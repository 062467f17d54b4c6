import { Anchor, type CSSVariablesResolver, createTheme, Modal, ModalHeader, PasswordInput } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  // White on it has a contrast of 5.7 to 1 (indigo) and 4.5 to 1 (red), in both schemes; one shade lighter falls short.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  respectReducedMotion: true,
  components: {
    // Colour alone does not tell a link from the text around it.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    Modal: Modal.extend({ defaultProps: { transitionProps: { duration: 0 } } }),
    // A header element outside of what it heads is the banner of the page, and there is one already.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: 'presentation' } }),
    PasswordInput: PasswordInput.extend({
      defaultProps: {
        visibilityToggleFocusable: true,
        visibilityToggleButtonProps: { 'aria-label': 'Show what is typed' },
      },
    }),
  },
});

/** Mantine's secondary text falls short of the contrast that WCAG 2.2 asks for (1.4.3: 4.5 to 1): one shade stronger. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--focus-ring': 'var(--mantine-color-indigo-8)',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
    '--mantine-color-error': 'var(--mantine-color-red-8)',
  },
  dark: {
    '--focus-ring': 'var(--mantine-color-indigo-3)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
