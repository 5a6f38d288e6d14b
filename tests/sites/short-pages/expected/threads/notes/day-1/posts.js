threadpressPosts({
 "../../../threads/notes/day-1.html": "1 2",
 "../../../threads/notes/day-1/2.html": "3"
});
