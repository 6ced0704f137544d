// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createTheme, type MantineColorsTuple } from "@mantine/core";

// One accent, neutral greys; sizes on a grid of 4 px, texts of 12, 14 and 18 px. tokens.css has the rest.

const accent: MantineColorsTuple = [
  "#eef3ff",
  "#dce5fb",
  "#b6c8f3",
  "#8da9ec",
  "#6a8ee6",
  "#4468db",
  "#2f54c8",
  "#2849b1",
  "#21409c",
  "#1a3687",
];
const gray: MantineColorsTuple = [
  "#fafafa",
  "#f4f4f5",
  "#e9e9eb",
  "#dcdde0",
  "#c3c5ca",
  "#9ea1a8",
  "#6f737c",
  "#54585f",
  "#393c42",
  "#1f2125",
];
const dark: MantineColorsTuple = [
  "#e6e7e9",
  "#b9bcc2",
  "#979ba3",
  "#6a6e77",
  "#41454d",
  "#30343b",
  "#24272d",
  "#1b1d21",
  "#16181b",
  "#101214",
];

// Shades 6 and 9 can be read on white, 3 and 4 on black: Mantine writes in these. White can be read on 5, which fills in the dark.
const red: MantineColorsTuple = [
  "#fdf0ef",
  "#fadbd9",
  "#f5b8b4",
  "#f2938c",
  "#ee7f77",
  "#cf3a30",
  "#b3261e",
  "#a01f18",
  "#8c1a14",
  "#7a1610",
];
const yellow: MantineColorsTuple = [
  "#fdf5e6",
  "#f9e6c4",
  "#f1cf90",
  "#e5b15c",
  "#dba047",
  "#9c6410",
  "#8f5300",
  "#7d4900",
  "#6b3e00",
  "#5f3700",
];
const green: MantineColorsTuple = [
  "#ecf7f0",
  "#d1ecdb",
  "#a3d8b7",
  "#6cc492",
  "#58b680",
  "#28824e",
  "#1b7340",
  "#176638",
  "#135830",
  "#104c29",
];

export const theme = createTheme({
  colors: { accent, gray, dark, red, yellow, green, orange: yellow },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  fontFamily: '"Inter Variable", "Noto Sans Arabic", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.875rem", lg: "1.125rem", xl: "1.125rem" },
  lineHeights: { xs: "1.35", sm: "1.43", md: "1.43", lg: "1.35", xl: "1.35" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.125rem", lineHeight: "1.35" },
      h2: { fontSize: "0.875rem", lineHeight: "1.43" },
      h3: { fontSize: "0.875rem", lineHeight: "1.43" },
    },
  },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.3 } } },
    // A menu holds its items and nothing else: the keyboard begins at the first of them.
    Menu: { defaultProps: { shadow: "sm", position: "bottom-start", withInitialFocusPlaceholder: false } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 500 } },
    TextInput: { defaultProps: { size: "sm" } },
    Anchor: { defaultProps: { underline: "hover" } },
  },
});
