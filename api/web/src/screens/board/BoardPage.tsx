// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Stack } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { type Board, boardFile, boardQuery } from "~/api/board";
import { useTranslation } from "~/i18n/texts";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Closed } from "./Closed";
import { Filters } from "./Filters";
import { Flow } from "./Flow";
import { Forecast } from "./Forecast";
import { OpenWork } from "./OpenWork";
import { boardAsked, lastBoard } from "./search";

const route = getRouteApi("/board");

/** BoardPage is what a manager looks at: open work as it stands, and what a period brought. */
export function BoardPage() {
  const { t } = useTranslation("board");
  const search = route.useSearch();
  useEffect(() => {
    lastBoard.search = search;
  }, [search]);
  const asked = useMemo(() => boardAsked(search), [search]);
  const board = useQuery(boardQuery(asked));
  return (
    <Page
      title={t("title")}
      actions={(["csv", "xlsx"] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          size="xs"
          component="a"
          href={boardFile(asked, format)}
          download
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    >
      <Stack gap="lg" maw={1280}>
        <Filters search={search} />
        {board.isPending && <RowSkeletons rows={6} />}
        {board.isError && <ProblemNote problem={board.error} onRetry={() => void board.refetch()} />}
        {board.data && <Figures board={board.data} />}
      </Stack>
    </Page>
  );
}

function Figures({ board }: { board: Board }) {
  const { t } = useTranslation("board");
  if (board.sites.length === 0) return <Empty text={t("noSites")} />;
  return (
    <>
      {board.cut.length > 0 && (
        <Alert variant="outline" color="yellow">
          {t("cut", { tables: board.cut.join(", ") })}
        </Alert>
      )}
      <OpenWork board={board} />
      <Forecast forecast={board.forecast} />
      <Closed board={board} />
      <Flow board={board} />
    </>
  );
}
